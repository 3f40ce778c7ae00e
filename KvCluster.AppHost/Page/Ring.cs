namespace KvCluster.AppHost.Page;

/// <summary>The newest of many things.</summary>
internal sealed class Ring<T>(int capacity)
{
    private readonly Queue<T> _items = new(capacity);

    public void Add(T item)
    {
        if (_items.Count == capacity)
            _items.Dequeue();
        _items.Enqueue(item);
    }

    /// <summary>The oldest first.</summary>
    public T[] ToArray() => [.. _items];
}
