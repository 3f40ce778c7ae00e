namespace KvCluster.Client.Requests;

/// <summary>One or two servers, in the order in which they are asked.</summary>
internal readonly record struct ReadTargets(ReadTarget First, ReadTarget? Second)
{
    public Enumerator GetEnumerator() => new(this);

    internal struct Enumerator(ReadTargets targets)
    {
        private int _place = -1;

        public readonly ReadTarget Current => _place == 0 ? targets.First : targets.Second!.Value;

        public bool MoveNext() => ++_place == 0 || (_place == 1 && targets.Second is not null);
    }
}
