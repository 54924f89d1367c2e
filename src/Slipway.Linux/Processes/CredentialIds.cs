namespace Slipway.Linux;

/// <summary>The three user ids, or the three group ids, of a thread (credentials(7)).</summary>
/// <param name="Real">Who started the program.</param>
/// <param name="Effective">By whose rights it acts.</param>
/// <param name="Saved">Whom it may become again: the owner that a set-user-id or set-group-id program had.</param>
public readonly record struct CredentialIds(int Real, int Effective, int Saved);
