using Microsoft.Extensions.Options;

namespace KvCluster.Client.Configuration;

/// <summary>Checks a registered client's options when the program starts.</summary>
internal sealed class KvClientOptionsValidation : IValidateOptions<KvClientOptions>
{
    public ValidateOptionsResult Validate(string? name, KvClientOptions options)
    {
        var mistakes = KvClientOptionsValidator.Mistakes(options).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}
