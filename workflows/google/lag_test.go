package google_test

import (
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/testsuite"
)

// What the service does not show right after its operation has succeeded is neither given up nor left behind.
func TestReadsLag(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		method := testsuite.Method(c.method)
		get := testsuite.Method(c.method[:strings.LastIndexByte(c.method, '.')+1] + "get")
		hidden := testsuite.NotFound().On(get).For(c.target)
		rows := map[string]struct {
			reason string
			faults []testsuite.Fault
			runs   time.Duration
		}{
			"done at once":             {"the second read is the first one after the call", []testsuite.Fault{hidden.Calls(2, 2)}, 0},
			"soon done":                {"the first read after the end", []testsuite.Fault{hidden.Calls(2, 2)}, time.Second},
			"hidden for a while":       {"several reads do not see it", []testsuite.Fault{hidden.During(0, 20*time.Second)}, 0},
			"hidden, and a lost reply": {"the next call is answered with the operation", []testsuite.Fault{hidden.During(0, 20*time.Second), testsuite.LostReply().On(method).Times(1)}, 0},
		}
		for row, tt := range rows {
			if c.unlisted && strings.HasSuffix(row, "lost reply") {
				continue // neither the resource nor an operation tells that the call has acted
			}
			for _, fail := range []bool{false, true} {
				t.Run(name+"/"+row+map[bool]string{true: ", undone"}[fail], func(t *testing.T) {
					t.Parallel()
					env := c.env(t, testsuite.Script{RunsFor: tt.runs}, tt.faults...)
					env.ExecuteWorkflow(provision(c, fail))
					switch err := env.GetWorkflowError(); {
					case !fail && err != nil:
						t.Errorf("%s: %v", tt.reason, err)
					case fail && (err == nil || !strings.Contains(err.Error(), errFail.Error())):
						t.Errorf("%s: %v, want that of the test", tt.reason, err)
					}
					if env.Exists(c.target) == fail {
						t.Errorf("%s: %s is there: %t", tt.reason, c.target, fail)
					}
					env.AssertStarted(t, method, c.target, 1)
				})
			}
		}
	}
}
