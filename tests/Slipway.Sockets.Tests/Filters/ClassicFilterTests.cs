namespace Slipway.Sockets.Tests;

/// <summary>The assembler of classic BPF, its disassembler and the bytes of struct sock_filter.</summary>
public sealed class ClassicFilterTests
{
    private const string Program = """
        ; datagrams to port 53 that are no fragments
                ldh [12]
                jeq #0x800, ip, no          ; IPv4
        ip:     ldb [23]
                jneq #17, no
                ldh [20]
                jset #0x1fff, no
                ldxb 4*([14]&0xf)
                ldh [x + 16]
                jeq #53, yes, no
        yes:    ret #-1
        no:     ret #0
        """;

    [Fact]
    public void A_program_becomes_the_numbers_that_C_writes()
        => ClassicFilter.Assemble(Program).Instructions.ToArray().ShouldBe(ClassicFilter.Assemble("""
            { 0x28, 0, 0, 0x0000000c },
            { 0x15, 0, 8, 0x00000800 },
            { 0x30, 0, 0, 0x00000017 },
            { 0x15, 0, 6, 0x00000011 },
            { 0x28, 0, 0, 0x00000014 },
            { 0x45, 4, 0, 0x00001fff },
            { 0xb1, 0, 0, 0x0000000e },
            { 0x48, 0, 0, 0x00000010 },
            { 0x15, 0, 1, 0x00000035 },
            { 0x6, 0, 0, 0xffffffff },
            { 0x6, 0, 0, 0x00000000 },
            """).Instructions.ToArray());

    [Fact]
    public void The_three_forms_of_tcpdump_are_one_program()
    {
        const string List = "(000) ldh      [12]\n(001) jeq      #0x800           jt 2\tjf 5\n(002) ldb      [23]\n(003) jeq      #0x1             jt 4\tjf 5\n(004) ret      #262144\n(005) ret      #0\n";
        const string C = "{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 3, 0x00000800 },\n{ 0x30, 0, 0, 0x00000017 },\n{ 0x15, 0, 1, 0x00000001 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },\n";
        const string Counted = "6\n40 0 0 12\n21 0 3 2048\n48 0 0 23\n21 0 1 1\n6 0 0 262144\n6 0 0 0\n";

        byte[] expected = ClassicFilter.Assemble(C).ToBytes();

        ClassicFilter.Assemble(List).ToBytes().ShouldBe(expected);
        ClassicFilter.Assemble(Counted).ToBytes().ShouldBe(expected);
        ClassicFilter.Read(expected).ToBytes().ShouldBe(expected);
    }

    [Theory]
    [InlineData("ld [4]", 0x20, 4)]
    [InlineData("ld M[3]", 0x60, 3)]
    [InlineData("ld #7", 0x00, 7)]
    [InlineData("ldi 7", 0x00, 7)]
    [InlineData("ld #len", 0x80, 0)]
    [InlineData("ld len", 0x80, 0)]
    [InlineData("ld proto", 0x20, -0x1000)]
    [InlineData("ld #poff", 0x20, -0x1000 + 52)]
    [InlineData("ld rand", 0x20, -0x1000 + 56)]
    [InlineData("ldh [x + 2]", 0x48, 2)]
    [InlineData("ldb [x]", 0x50, 0)]
    [InlineData("ldb [%x - 1]", 0x50, -1)]
    [InlineData("ldb [-4]", 0x30, -4)]
    [InlineData("ldx #9", 0x01, 9)]
    [InlineData("ldxi #9", 0x01, 9)]
    [InlineData("ldx M[15]", 0x61, 15)]
    [InlineData("ldx #len", 0x81, 0)]
    [InlineData("ldx 4*([14]&0xf)", 0xb1, 14)]
    [InlineData("ldxb 4 * ( [14] & 0xf )", 0xb1, 14)]
    [InlineData("st M[0]", 0x02, 0)]
    [InlineData("stx M[1]", 0x03, 1)]
    [InlineData("add x", 0x0c, 0)]
    [InlineData("xor #0x10", 0xa4, 16)]
    [InlineData("mod #3", 0x94, 3)]
    [InlineData("neg", 0x84, 0)]
    [InlineData("tax", 0x07, 0)]
    [InlineData("txa", 0x87, 0)]
    [InlineData("ret a", 0x16, 0)]
    [InlineData("ret #262144", 0x06, 262144)]
    public void An_instruction_has_its_code_and_comes_back_from_the_disassembler(string line, int code, int k)
    {
        ClassicFilter filter = ClassicFilter.Assemble(line);

        filter.Instructions.ToArray().ShouldBe([new ClassicInstruction(code, unchecked((uint)k))]);
        ClassicFilter.Assemble(filter.ToString()).ToBytes().ShouldBe(filter.ToBytes());
    }

    [Theory]
    [InlineData("jlt #5, L", 0x35, 0, 1)]
    [InlineData("jle x, L", 0x2d, 0, 1)]
    [InlineData("jne #5, L", 0x15, 0, 1)]
    [InlineData("jgt #5, L", 0x25, 1, 0)]
    [InlineData("jset x, L, M", 0x4d, 1, 0)]
    public void Inverted_jumps_swap_their_ways(string jump, int code, int jumpTrue, int jumpFalse)
    {
        ClassicInstruction instruction = ClassicFilter.Assemble($"{jump}\nM: ret #0\nL: ret #1").Instructions[0];
        ((int)instruction.Code, (int)instruction.JumpTrue, (int)instruction.JumpFalse).ShouldBe((code, jumpTrue, jumpFalse));
    }

    [Theory]
    [InlineData("ret #0\nfoo #1", 2, "there is no instruction foo")]
    [InlineData("jeq #1, nowhere", 1, "there is no label nowhere")]
    [InlineData("up: ret #0\nja up", 2, "a jump cannot go back, to up")]
    [InlineData("a1: ret #0\na1: ret #0", 2, "the label a1 is there already")]
    [InlineData("ldh #5", 1, "ldh cannot load '#5'")]
    [InlineData("ldh []", 1, "ldh cannot load '[]'")]
    [InlineData("st 5", 1, "st takes M[0] to M[15], not '5'")]
    [InlineData("ret 5", 1, "ret takes a number with # before it, not '5'")]
    [InlineData("ret #0x100000000", 1, "0x100000000 has more than 32 bits")]
    [InlineData("ret #abc", 1, "'abc' is no number")]
    [InlineData("jne #1, x1, x2", 1, "an operand and one label are expected")]
    [InlineData("tax x", 1, "tax has no operand")]
    [InlineData("\n{ 0x10006, 0, 0, 0 }", 2, "code has 16 bits, jt and jf have 8")]
    [InlineData("3\n6 0 0 0", 1, "3 instructions are announced, 1 follow")]
    [InlineData("1\n6 0 0", 2, "four numbers are expected: code, jt, jf, k")]
    public void What_cannot_be_read_says_which_line_and_why(string text, int line, string problem)
    {
        FilterSyntaxException exception = Should.Throw<FilterSyntaxException>(() => ClassicFilter.Assemble(text));
        (exception.Line, exception.Problem).ShouldBe((line, problem));
        exception.Message.ShouldBe($"line {line}: {problem}");
    }

    [Fact]
    public void A_label_that_is_too_far_is_refused()
    {
        string text = "jeq #1, far\n" + string.Concat(Enumerable.Repeat("tax\n", 256)) + "far: ret #0";
        Should.Throw<FilterSyntaxException>(() => ClassicFilter.Assemble(text)).Problem.ShouldBe("far is 256 instructions away; a conditional jump reaches 255");
    }

    [Fact]
    public void Any_instructions_come_back_from_their_text()
    {
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            var program = new ClassicInstruction[random.Next(1, 30)];
            for (int at = 0; at < program.Length; at++)
                program[at] = new ClassicInstruction((ushort)random.Next(0x100), (byte)(random.Next(3) * random.Next(20)), (byte)(random.Next(3) * random.Next(20)), random.Next(2) == 0 ? (uint)random.Next(20) : unchecked((uint)random.Next(int.MinValue, int.MaxValue)));
            var filter = new ClassicFilter(program);
            ClassicFilter.Assemble(filter.ToString()).ToBytes().ShouldBe(filter.ToBytes(), filter.ToString());
        }
    }
}
