namespace KvCluster.Core.Steps;

public enum HashPart : byte
{
    FieldsAndValues = 0,
    Fields = 1,
    Values = 2,
}
