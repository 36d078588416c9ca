package serve

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"
)

// A number is refused with the name of its field, or makes a worker.
func TestNumbers(t *testing.T) {
	t.Parallel()
	temporal, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{
		"polls.maxHeld": "polls: {maxHeld: %d}", "polls.maxAsync": "polls: {maxAsync: %d}",
		"worker.activitySlots": "worker: {activitySlots: %d}", "worker.workflowSlots": "worker: {workflowSlots: %d}",
	}
	for field, text := range fields {
		for _, n := range []int{math.MinInt64, -1, 0, 1, 2, math.MaxInt32, math.MaxInt64} {
			t.Run(fmt.Sprint(field, n), func(t *testing.T) {
				t.Parallel()
				defer func() {
					if p := recover(); p != nil {
						t.Errorf("%s %d: panic: %v", field, n, p)
					}
				}()
				config, err := ParseConfig(fmt.Appendf(nil, "withoutAuthentication: true\n"+text, n))
				if err != nil {
					if !strings.Contains(err.Error(), fmt.Sprintf("%s: \"%d\"", field, n)) {
						t.Errorf("%v does not name field and value", err)
					}
					return
				}
				if _, err := config.newWorker(t.Context(), temporal, nil, nil, nil); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestConfigSize(t *testing.T) {
	t.Parallel()
	comment := "# " + strings.Repeat("x", 98) + "\n"
	tests := map[string]struct {
		reason, path string
		text         string
		fails        string
	}{
		"endless": {"a device", "/dev/zero", "", "is over 1 MiB"},
		"large":   {"comments are allowed", "", strings.Repeat(comment, maxConfigSize/len(comment)), ""},
		"larger":  {"no configuration", "", strings.Repeat(comment, maxConfigSize/len(comment)+1), "is over 1 MiB"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.path == "" {
				tt.path = filepath.Join(t.TempDir(), "awaitop.yaml")
				if err := os.WriteFile(tt.path, []byte(tt.text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := ReadConfig(tt.path)
			if (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.path+" "+tt.fails) {
				t.Errorf("%s: %v, want %q", tt.reason, err, tt.fails)
			}
		})
	}
}
