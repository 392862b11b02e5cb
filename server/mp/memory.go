package mp

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// memory keeps the objects used last, up to a number of bytes.
type memory struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[int, *Object]
	bytes int
	limit int
}

func newMemory(limit int) *memory {
	m := &memory{limit: limit}
	// The count is no real bound; the bytes are.
	lru, err := simplelru.NewLRU(1<<30, func(_ int, o *Object) { m.bytes -= o.weight() })
	if err != nil {
		panic(err) // only a size below one is refused
	}
	m.lru = lru
	return m
}

func (m *memory) get(id int) *Object {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, _ := m.lru.Get(id)
	return o
}

func (m *memory) put(id int, o *Object) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if o.weight() > m.limit {
		return
	}
	m.lru.Remove(id)
	m.lru.Add(id, o)
	m.bytes += o.weight()
	for m.bytes > m.limit {
		m.lru.RemoveOldest()
	}
}

// recent returns up to n ids, the one used last first.
func (m *memory) recent(n int) []int {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := m.lru.Keys()
	ids := make([]int, 0, min(n, len(keys)))
	for i := len(keys) - 1; i >= 0 && len(ids) < n; i-- {
		ids = append(ids, keys[i])
	}
	return ids
}
