package link

import "testing"

// The production table is empty as long as there is one version; this one
// stands in for two later versions, each with a changed key.
func TestMigrate(t *testing.T) {
	table := []func(*queryValues){
		func(q *queryValues) { // 1 → 2: "volt" in V becomes "kv"
			if v, ok := q.take("volt"); ok {
				q.set("kv", v[:len(v)-3])
			}
		},
		func(q *queryValues) { // 2 → 3: "kv" becomes "e"
			if v, ok := q.take("kv"); ok {
				q.set("e", v)
			}
		},
	}
	for _, test := range []struct {
		name    string
		version int
		query   string
		want    string
	}{
		{"from the first version", 1, "volt=300000&z=1,1,0", "300"},
		{"from the second", 2, "kv=300", "300"},
		{"current", 3, "e=300", "300"},
	} {
		t.Run(test.name, func(t *testing.T) {
			values := splitQuery(test.query)
			migrate(&values, test.version, table)
			if got, _ := values.take("e"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if len(migrations) != Version-1 {
		t.Errorf("%d migrations for version %d: every old version needs one", len(migrations), Version)
	}
}

// set replaces a key.
func (q *queryValues) set(key, value string) {
	q.take(key)
	*q = append(*q, queryValue{key, value, escapeQuery(key) + "=" + escapeQuery(value)})
}
