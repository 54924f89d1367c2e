using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Slipway.Wire.Tests;

/// <summary>Checks a property on many generated values, the same ones in every run; the smallest counterexample is in the message.</summary>
internal static class Property
{
    private static readonly Config Settings = Config.QuickThrowOnFailure
        .WithMaxTest(300)
        .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(2026, 1071), FSharpOption<int>.None)));

    internal static void Holds<T>(Gen<T> values, Action<T> property) => Check.One(Settings, Prop.ForAll(Arb.From(values), property));
}
