package google_test

import (
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// The result of a step is its target, where operations have no response. A get that is refused deletes nothing.
func TestTargetIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"requestId alone, Compute", "label, GKE", "label, Cloud SQL"} {
		for until, want := range map[time.Duration]lro.FailureType{40 * time.Minute: "", 90 * time.Minute: lro.TypeCompensationFailed} {
			t.Run(name+" until "+until.String(), func(t *testing.T) {
				t.Parallel()
				c := classes[name]
				get := testsuite.Method(c.method[:strings.LastIndexByte(c.method, '.')+1] + "get")
				env := c.env(t, testsuite.Script{RunsFor: 2 * time.Minute}, testsuite.PermissionDenied().On(get).For(c.target).During(time.Minute, until))
				env.ExecuteWorkflow(provision(c, false))
				err := env.GetWorkflowError()
				if failure, _ := lro.AsFailure(err); failure.Type != want || (err != nil) != (want != "") {
					t.Errorf("%v, want %q", err, want)
				}
				env.AssertReady(t, c.target)
			})
		}
	}
}
