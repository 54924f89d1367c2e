namespace Slipway.Wire.Tests;

/// <summary>A fact that needs tshark; skipped by name where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TsharkFactAttribute : FactAttribute
{
    public TsharkFactAttribute()
    {
        if (Tshark.Path is null) Skip = "tshark is not installed";
    }
}
