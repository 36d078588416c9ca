package serve

import (
	"slices"
	"testing"

	"github.com/awaitop/awaitop/catalog"
)

// A worker of every service reaches each one whose operations the catalog has.
func TestEverything(t *testing.T) {
	t.Parallel()
	c, err := ParseConfig([]byte(`services: [{name: "*.googleapis.com"}]`))
	if err != nil {
		t.Fatal(err)
	}
	served, collections := c.ServiceNames(), 0
	for _, s := range catalog.Services() {
		collections += len(s.Collections())
		if !slices.Contains(served, s.Host) {
			t.Errorf("%s is not served", s)
		}
	}
	if collections < 300 {
		t.Errorf("the catalog has %d collections", collections)
	}
}
