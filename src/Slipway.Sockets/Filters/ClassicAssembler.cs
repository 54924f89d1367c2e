using System.Globalization;
using System.Text.RegularExpressions;
using static Slipway.Sockets.BpfCode;

namespace Slipway.Sockets;

/// <summary>Reads programs of classic BPF: two passes, the first collects lines and labels, the second writes instructions.</summary>
internal sealed partial class ClassicAssembler
{
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly List<(int Line, string Text)> _lines = [];
    private int _line, _at;

    public ClassicInstruction[] Assemble(string text)
    {
        string[] lines = text.Split('\n');
        if (TryReadCounted(lines, out ClassicInstruction[] counted)) return counted;
        for (int i = 0; i < lines.Length; i++)
        {
            _line = i + 1;
            Collect(lines[i]);
        }
        var program = new ClassicInstruction[_lines.Count];
        for (_at = 0; _at < program.Length; _at++)
        {
            (_line, string line) = _lines[_at];
            program[_at] = Read(line);
        }
        return program;
    }

    /// <summary>As tcpdump -ddd prints: the count, and four decimal numbers a line.</summary>
    private bool TryReadCounted(string[] lines, out ClassicInstruction[] program)
    {
        program = [];
        int first = Array.FindIndex(lines, static line => !string.IsNullOrWhiteSpace(line));
        if (first < 0 || !int.TryParse(lines[first].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int count)) return false;
        var read = new List<ClassicInstruction>();
        for (int i = first + 1; i < lines.Length; i++)
        {
            _line = i + 1;
            string[] numbers = lines[i].Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (numbers.Length == 0) continue;
            if (numbers.Length != 4) throw Problem("four numbers are expected: code, jt, jf, k");
            read.Add(FromNumbers(numbers[0], numbers[1], numbers[2], numbers[3]));
        }
        _line = first + 1;
        if (read.Count != count) throw Problem($"{count} instructions are announced, {read.Count} follow");
        program = [.. read];
        return true;
    }

    private static readonly char[] Blanks = [' ', '\t', '\r'];

    private void Collect(string line)
    {
        int comment = line.IndexOf(';', StringComparison.Ordinal);
        if (comment >= 0) line = line[..comment];
        line = ListNumber().Replace(line.Trim(), "");
        while (LabelAtStart().Match(line) is { Success: true } label)
        {
            if (!_labels.TryAdd(label.Groups[1].Value, _lines.Count)) throw Problem($"the label {label.Groups[1].Value} is there already");
            line = line[label.Length..];
        }
        if (line.Length > 0) _lines.Add((_line, line));
    }

    private ClassicInstruction Read(string line)
    {
        if (Raw().Match(line) is { Success: true } raw) return FromNumbers(raw.Groups[1].Value, raw.Groups[2].Value, raw.Groups[3].Value, raw.Groups[4].Value);
        int end = line.IndexOfAny(Blanks);
        string name = (end < 0 ? line : line[..end]).ToLowerInvariant();
        string operand = end < 0 ? "" : line[end..].Trim();
        foreach ((string jump, int operation, bool inverted) in ClassicSyntax.Jumps)
        {
            if (name == jump) return ReadJump(operation, inverted, operand);
        }
        foreach ((string arithmetic, int operation) in ClassicSyntax.Arithmetic)
        {
            if (name == arithmetic) return ReadArithmetic(name, operation, operand);
        }
        return name switch
        {
            "ja" or "jmp" => new ClassicInstruction(BPF_JMP | BPF_JA, (uint)Distance(operand, uint.MaxValue)),
            "neg" or "tax" or "txa" => ReadBare(name, operand),
            "ret" => ReadReturn(operand),
            "st" => new ClassicInstruction(BPF_ST, Memory(name, operand)),
            "stx" => new ClassicInstruction(BPF_STX, Memory(name, operand)),
            "ld" or "ldi" => ReadLoad(name, operand),
            "ldh" => ReadPacket(name, BPF_H, operand),
            "ldb" => ReadPacket(name, BPF_B, operand),
            "ldx" or "ldxi" or "ldxb" => ReadLoadX(name, operand),
            _ => throw Problem($"there is no instruction {name}"),
        };
    }

    private ClassicInstruction ReadBare(string name, string operand)
    {
        if (operand.Length > 0) throw Problem($"{name} has no operand");
        return new ClassicInstruction(name switch { "neg" => BPF_ALU | BPF_NEG, "tax" => BPF_MISC | BPF_TAX, _ => BPF_MISC | BPF_TXA }, 0);
    }

    private ClassicInstruction ReadReturn(string operand) => operand switch
    {
        "a" or "A" or "%a" => new ClassicInstruction(BPF_RET | BPF_A, 0),
        _ => new ClassicInstruction(BPF_RET | BPF_K, Constant("ret", operand)),
    };

    private ClassicInstruction ReadArithmetic(string name, int operation, string operand)
        => IsX(operand) ? new ClassicInstruction(BPF_ALU | operation | BPF_X, 0) : new ClassicInstruction(BPF_ALU | operation, Constant(name, operand));

    private ClassicInstruction ReadLoad(string name, string operand)
    {
        if (name == "ldi") return new ClassicInstruction(BPF_LD | BPF_IMM, operand.StartsWith('#') ? Constant(name, operand) : Number(operand));
        if (IsLength(operand)) return new ClassicInstruction(BPF_LD | BPF_W | BPF_LEN, 0);
        string fact = operand.TrimStart('#');
        foreach ((string known, int offset) in ClassicSyntax.Facts)
        {
            if (fact.Equals(known, StringComparison.OrdinalIgnoreCase)) return new ClassicInstruction(BPF_LD | BPF_W | BPF_ABS, (uint)(SKF_AD_OFF + offset));
        }
        if (operand.StartsWith('#')) return new ClassicInstruction(BPF_LD | BPF_IMM, Constant(name, operand));
        return ScratchPlace().IsMatch(operand) ? new ClassicInstruction(BPF_LD | BPF_MEM, Memory(name, operand)) : ReadPacket(name, BPF_W, operand);
    }

    private ClassicInstruction ReadLoadX(string name, string operand)
    {
        if (HeaderLength().Match(operand) is { Success: true } header) return new ClassicInstruction(BPF_LDX | BPF_B | BPF_MSH, Number(header.Groups[1].Value));
        if (name == "ldxb") throw Problem("ldxb takes 4*([k]&0xf)");
        if (name == "ldxi") return new ClassicInstruction(BPF_LDX | BPF_IMM, operand.StartsWith('#') ? Constant(name, operand) : Number(operand));
        if (IsLength(operand)) return new ClassicInstruction(BPF_LDX | BPF_W | BPF_LEN, 0);
        return operand.StartsWith('#') ? new ClassicInstruction(BPF_LDX | BPF_IMM, Constant(name, operand)) : new ClassicInstruction(BPF_LDX | BPF_MEM, Memory(name, operand));
    }

    private ClassicInstruction ReadPacket(string name, int size, string operand)
    {
        if (PacketPlace().Match(operand) is not { Success: true } place) throw Problem($"{name} cannot load '{operand}'");
        bool isIndirect = place.Groups[1].Success;
        string offset = place.Groups[3].Value;
        uint k = offset.Length == 0 ? 0 : Number(offset);
        if (place.Groups[2].Value == "-") k = 0 - k;
        if (!isIndirect && offset.Length == 0) throw Problem($"{name} cannot load '{operand}'");
        return new ClassicInstruction(BPF_LD | size | (isIndirect ? BPF_IND : BPF_ABS), k);
    }

    private ClassicInstruction ReadJump(int operation, bool inverted, string operand)
    {
        // tcpdump -d writes the targets as numbers of instructions: jeq #0x800 jt 2 jf 5.
        operand = PrintedTargets().Replace(operand, ",(000)$1,(000)$2");
        string[] parts = operand.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length is < 2 or > 3 || inverted && parts.Length == 3) throw Problem(inverted ? "an operand and one label are expected" : "an operand and one or two labels are expected");
        bool isX = IsX(parts[0]);
        uint k = isX ? 0 : Constant("a jump", parts[0]);
        byte first = (byte)Distance(parts[1], byte.MaxValue), second = parts.Length == 3 ? (byte)Distance(parts[2], byte.MaxValue) : (byte)0;
        int code = BPF_JMP | operation | (isX ? BPF_X : BPF_K);
        return inverted ? new ClassicInstruction((ushort)code, 0, first, k) : new ClassicInstruction((ushort)code, first, second, k);
    }

    /// <summary>How many instructions a jump to the label skips.</summary>
    private long Distance(string label, uint most)
    {
        int target;
        if (label.StartsWith("(000)", StringComparison.Ordinal)) target = int.Parse(label.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture);
        else if (NumberedTarget().IsMatch(label) && !_labels.ContainsKey(label)) target = int.Parse(label, NumberStyles.None, CultureInfo.InvariantCulture);
        else if (!_labels.TryGetValue(label, out target)) throw Problem(label.Length == 0 ? "a label is expected" : $"there is no label {label}");
        long distance = (long)target - _at - 1;
        if (distance < 0) throw Problem($"a jump cannot go back, to {label}");
        if (distance > most) throw Problem($"{label} is {distance} instructions away; a conditional jump reaches {most}");
        return distance;
    }

    private uint Memory(string name, string operand)
    {
        if (ScratchPlace().Match(operand) is not { Success: true } place) throw Problem(name == "ldx" ? $"ldx cannot load '{operand}'" : $"{name} takes M[0] to M[15], not '{operand}'");
        return Number(place.Groups[1].Value);
    }

    private uint Constant(string name, string operand)
    {
        if (!operand.StartsWith('#')) throw Problem($"{name} takes a number with # before it, not '{operand}'");
        return Number(operand[1..].Trim());
    }

    private uint Number(string text)
    {
        bool isNegative = text.StartsWith('-');
        ReadOnlySpan<char> digits = text.AsSpan(isNegative ? 1 : 0);
        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool isRead = isHex
            ? ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!isRead) throw Problem($"'{text}' is no number");
        if (value > uint.MaxValue || isNegative && value > 1UL << 31) throw Problem($"{text} has more than 32 bits");
        return isNegative ? (uint)-(long)value : (uint)value;
    }

    private ClassicInstruction FromNumbers(string code, string jumpTrue, string jumpFalse, string k)
    {
        uint operation = Number(code), yes = Number(jumpTrue), no = Number(jumpFalse);
        if (operation > ushort.MaxValue || yes > byte.MaxValue || no > byte.MaxValue) throw Problem("code has 16 bits, jt and jf have 8");
        return new ClassicInstruction((ushort)operation, (byte)yes, (byte)no, Number(k));
    }

    private static bool IsX(string operand) => operand is "x" or "X" or "%x";

    private static bool IsLength(string operand) => operand is "len" or "#len" or "#pktlen" or "pktlen";

    private FilterSyntaxException Problem(string problem) => new(_line, problem);

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    [GeneratedRegex(@"^\(\d+\)\s*", Plain)]
    private static partial Regex ListNumber();

    [GeneratedRegex(@"^(?<1>[A-Za-z_][A-Za-z0-9_]*)\s*:\s*", Plain)]
    private static partial Regex LabelAtStart();

    [GeneratedRegex(@"^\{\s*(?<1>\w+)\s*,\s*(?<2>\w+)\s*,\s*(?<3>\w+)\s*,\s*(?<4>-?\w+)\s*\}\s*,?$", Plain)]
    private static partial Regex Raw();

    [GeneratedRegex(@"^M\s*\[\s*(?<1>\w+)\s*\]$", Plain | RegexOptions.IgnoreCase)]
    private static partial Regex ScratchPlace();

    [GeneratedRegex(@"^\[\s*(?<1>%?x\b)?\s*(?<2>[+-])?\s*(?<3>-?\w*)\s*\]$", Plain | RegexOptions.IgnoreCase)]
    private static partial Regex PacketPlace();

    [GeneratedRegex(@"^4\s*\*\s*\(\s*\[\s*(?<1>-?\w+)\s*\]\s*&\s*0xf\s*\)$", Plain | RegexOptions.IgnoreCase)]
    private static partial Regex HeaderLength();

    [GeneratedRegex(@"\s+jt\s+(?<1>\d{1,6})\s+jf\s+(?<2>\d{1,6})$", Plain)]
    private static partial Regex PrintedTargets();

    [GeneratedRegex(@"^\d{1,6}$", Plain)]
    private static partial Regex NumberedTarget();
}
