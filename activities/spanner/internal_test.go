package spanner_test

import (
	"testing"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// A read that ends in an internal error is asked again of the list: the emulator
// says INTERNAL of what does not exist.
func TestInternalErrorOfARead(t *testing.T) {
	t.Parallel()
	gets := []testsuite.Method{
		"GetInstance", "GetDatabase", "GetBackup", "GetInstanceConfig", "GetInstancePartition",
	}
	internal := testsuite.FailWith(lro.CodeInternal, "failed to marshal error message")
	for _, r := range removals() {
		for name, row := range map[string]struct {
			reason   string
			instance bool
			there    bool
		}{
			"there":       {"it is in the list", true, true},
			"absent":      {"it is not", true, false},
			"no instance": {"nor is the instance it would be in", false, false},
		} {
			t.Run(r.get+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t, internal.On(gets...))
				if row.instance && r.target != instance {
					b.put(instance)
				}
				if !row.instance {
					lists := []testsuite.Method{"ListDatabases", "ListBackups", "ListInstancePartitions"}
					b.service.AddFaults(internal.On(lists...))
				}
				if row.there {
					b.put(r.target)
				}
				var out starters.ResourceOutput
				if err := b.attempts().run(r.get, starters.ResourceInput{Name: r.target}, &out); err != nil || out.Found != row.there {
					t.Errorf("%s: found %t (%v), want %t", row.reason, out.Found, err, row.there)
				}
			})
		}
	}
}

// So is a delete that ends in one.
func TestInternalErrorOfADelete(t *testing.T) {
	t.Parallel()
	for _, r := range removals() {
		t.Run(r.remove, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, testsuite.FailWith(lro.CodeInternal, "failed to marshal error message").On(r.method))
			b.put(instance)
			target := r.target
			if target == instance {
				target += "-absent"
			}
			var out starters.RemoveOutput
			if err := b.attempts().run(r.remove, starters.RemoveInput{Target: target}, &out); err != nil || out.Result != starters.RemoveAbsent {
				t.Errorf("%q (%v), want absent", out.Result, err)
			}
		})
	}
}
