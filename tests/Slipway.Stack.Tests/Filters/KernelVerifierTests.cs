using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>The kernel judges the verifier: what passes ours passes the kernel's, and does the same there to the packet and to the map.</summary>
public sealed class KernelVerifierTests
{
    private const int Programs = 2500, Entries = 3, MessageLength = 1100;

    [RootFact]
    [Trait("Row", "OPT-04")]
    public void What_the_verifier_takes_the_kernel_takes_and_runs_alike()
    {
        using var kernel = new KernelEbpf(EbpfDice.ElementLength, Entries);
        var random = new SeededRandom(50);
        var dice = new EbpfDice(random, kernel.Map);
        byte[] message = new byte[MessageLength], element = new byte[EbpfDice.ElementLength];
        int taken = 0, compared = 0, takenByKernel = 0;
        for (int i = 0; i < Programs; i++)
        {
            EbpfInstruction[] program = dice.Next();
            Errno error = kernel.Create(program, out EbpfProgram? ours, out int deepest);
            CallResult loaded = kernel.Load(program);
            string text = $"program {i}:\n{string.Join('\n', program.Select(static (one, at) => $"{at}: {one}"))}";
            if (loaded.Succeeded) takenByKernel++;
            if (error == Errno.None)
            {
                loaded.Error.ShouldBe(Errno.None, text);
                taken++;
            }
            // Below what the program cleans, the kernel's stack holds anything.
            if (error != Errno.None || deepest > EbpfDice.StackUsed)
            {
                if (loaded.Succeeded) LinuxSystem.Current.Close(loaded.Value);
                continue;
            }
            compared++;
            random.Fill(message);
            for (int number = 0; number < Entries; number++)
            {
                random.Fill(element);
                kernel.Set(number, element);
            }
            (int kept, int expected) = kernel.Judge(ours!, loaded.Value, message, random);
            kept.ShouldBe(expected, text);
            for (int number = 0; number < Entries; number++)
            {
                (byte[] mine, byte[] its) = kernel.Element(number);
                mine.ShouldBe(its, $"element {number}, {text}");
            }
        }
        // Neither may the programs be too easy, nor the verifier far from the kernel's.
        takenByKernel.ShouldBeInRange(Programs / 5, Programs * 4 / 5);
        compared.ShouldBeGreaterThan(taken * 3 / 4);
        taken.ShouldBeGreaterThan(takenByKernel * 9 / 10);
    }
}
