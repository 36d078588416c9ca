package nexusservice

import (
	"strings"
	"testing"
)

// The keys of two callers are the same only if both their owners and their keys are.
func TestKeyOf(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", maxKey)
	callers := []struct{ reason, owner, key string }{
		{"the usual", "payments", "order-7/instance"},
		{"another key", "payments", "order-8/instance"},
		{"another owner", "orders", "order-7/instance"},
		{"a slash in the key", "pay", "ments/k"},
		{"a slash in the owner", "pay/ments", "k"},
		{"as the escaped owner", "pay%2Fments", "k"},
		{"as long as a key may be", "payments", long},
		{"another owner's", "orders", long},
		{"another long one", "payments", long[1:] + "x"},
		{"a hash of an owner's name", "payments#", long},
	}
	seen := map[string]string{}
	for _, caller := range callers {
		key := keyOf(caller.owner, caller.key)
		if other := seen[key]; other != "" || len(key) > maxKey {
			t.Errorf("%s: %.80s of %d bytes, as of %q", caller.reason, key, len(key), other)
		}
		seen[key] = caller.reason
	}
	if got := keyOf("payments", "order-7/instance"); got != "payments/order-7/instance" {
		t.Errorf("%q can not be read", got)
	}
}
