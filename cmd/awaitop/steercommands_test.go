package main_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

func TestSteeringCommands(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(time.Second), Metadata: testsuite.ProgressMetadata("google.spanner.admin.database.v1.CreateBackupMetadata", nil)})
	other := s.start("p", testsuite.Script{End: testsuite.RunForever()})
	for _, ref := range []lro.Ref{ref, other} {
		s.polled(s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{InitialInterval: time.Hour}}))
	}
	awaitop(t, "poll-now", ref.String()).wants(t, 0, "running")
	awaitop(t, "set-policy", ref.String()).wants(t, 2, "--maximum-interval")
	awaitop(t, "set-policy", ref.String(), "-o", "json").wants(t, 2, "nothing to change")
	awaitop(t, "set-policy", ref.String(), "--initial-interval", "1s", "--maximum-interval", "5s", "--ignore-progress").wants(t, 0, "initial interval 1s, coefficient 1.3, maximum interval 5s, progress ignored")
	awaitop(t, "set-policy", ref.String(), "--maximum-interval", "4s").wants(t, 0, "maximum interval 4s, progress ignored")
	awaitop(t, "set-policy", ref.String(), "--maximum-interval", "5s", "--defaults").wants(t, 0, "initial interval by the operation's method", "maximum estimate 5s")
	awaitop(t, "set-policy", ref.String(), "--coefficient", "-1").wants(t, 2, "policy.coefficient")
	awaitop(t, "set-deadline", ref.String(), "--in", "2h").wants(t, 0, "the deadline is")
	awaitop(t, "set-deadline", ref.String(), "--at", "2999-01-01T00:00:00Z").wants(t, 2, "deadline")
	awaitop(t, "set-deadline", ref.String(), "--at", "tomorrow").wants(t, 2, "--at")
	awaitop(t, "set-deadline", ref.String(), "--none").wants(t, 0, "no deadline")
	awaitop(t, "set-deadline", ref.String(), "--none", "--in", "1h").wants(t, 2, "one of")
	awaitop(t, "cancel", ref.String(), "--reason", "the wrong region").wants(t, 0, "delivered")
	awaitop(t, "await", ref.String(), "-t", s.queue) // until it has ended
	awaitop(t, "abandon", other.String(), "--reason", "by hand", "-o", "json").wants(t, 0, `"cancelReason":"by hand"`)
	eventually(t, func() error {
		status, err := control.DescribeRef(t.Context(), s.client, other, control.Options{})
		if err == nil && (status.Outcome == nil || status.Outcome.Cancellation != lro.CancellationAbandoned) {
			err = fmt.Errorf("%+v is not abandoned", status)
		}
		return err
	})
	awaitop(t, "describe", other.String()).wants(t, 0, "abandoned", "by hand")
	awaitop(t, "cancel", other.String()).wants(t, 1, other.String()+" is not running: it ended ", "the wait was abandoned", "by hand")
	awaitop(t, "cancel", "nonesuch").wants(t, 1, "no workflow nonesuch", "awaitop list")
	awaitop(t, "poll-now", "").wants(t, 2, "REF or a workflow id")
}
