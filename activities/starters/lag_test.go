package starters

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
)

func TestLookAgain(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason    string
		succeeded time.Time
		left      time.Duration
	}{
		{"the operation has not succeeded", time.Time{}, 0},
		{"it has succeeded now", later, readLag},
		{"reads may lag", later.Add(-readLag + time.Second), time.Second},
		{"reads do not lag any more", later.Add(-readLag), 0},
		{"it was long ago", later.Add(-time.Hour), 0},
		{"the clock of the service is ahead", later.Add(time.Hour), readLag},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if left := lagLeft(row.succeeded, later); left != row.left {
				t.Errorf("%v are left, want %v", left, row.left)
			}
			err := LookAgain("Get", "things/t", row.succeeded, later)
			if again := err != nil; again != (row.left > 0) || again && !lro.Classify(err).Retryable() {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An undo that finds nothing right after the success looks again, once.
func TestRemoverLooksAgain(t *testing.T) {
	t.Parallel()
	gone := ofAPI(lro.CodeNotFound)
	rows := []struct {
		reason string
		ago    time.Duration // since the success, 0 for none
		window time.Duration // until the deadline, 0 for none
		found  *Resource
		answer error // of Remove
		sent   bool  // an attempt before has sent a delete
		want   RemoveResult
		delay  time.Duration // at least; of a failure
	}{
		{reason: "it may be hidden", ago: 20 * time.Second, delay: 30 * time.Second},
		{reason: "the delete may not see it", ago: 20 * time.Second, found: &Resource{Owner: Ours}, answer: gone, delay: 30 * time.Second},
		{reason: "the window ends sooner", ago: 20 * time.Second, window: 20 * time.Second, delay: -1},
		{reason: "it would be seen", ago: 2 * time.Minute, want: RemoveAbsent},
		{reason: "the operation has not succeeded", want: RemoveAbsent},
		{reason: "the service keeps what was deleted", ago: time.Second, found: &Resource{Owner: Ours, Deleted: true}, want: RemoveAbsent},
		{reason: "the undo has deleted it", ago: time.Second, sent: true, want: RemoveDeleted},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			if row.sent {
				b.env.SetHeartbeatDetails(undos.Heartbeat{Deleting: undos.NewDeleting("")})
			}
			Remover{
				Service: service,
				Find:    func(context.Context, string, string) (*Resource, error) { return row.found, nil },
				Remove:  func(context.Context, string) (lro.Operation, error) { return lro.Operation{}, row.answer },
			}.Register(b.env, b.core, "test.Remove")
			now, in := b.core.ServerTime(), RemoveInput{Target: "things/t", Key: "awaitop"}
			if row.ago > 0 {
				in.Succeeded = now.Add(-row.ago)
			}
			if row.window > 0 {
				in.Deadline = now.Add(row.window)
			}
			var out RemoveOutput
			failure := b.failure("test.Remove", in, &out)
			if (failure != nil) != (row.delay != 0) || out.Result != row.want {
				t.Fatalf("%q, %v; want %q", out.Result, failure, row.want)
			}
			if failure == nil {
				return
			}
			if delay := failure.NextRetryDelay(); failure.NonRetryable() || delay < row.delay || row.delay < 0 && delay != 0 {
				t.Errorf("%v: again after %v, want %v", failure, delay, row.delay)
			}
		})
	}
}

// A result is read again while reads may lag.
func TestGetterLooksAgain(t *testing.T) {
	t.Parallel()
	for ago, want := range map[time.Duration]string{time.Second: "ReadFailed.UNAVAILABLE", 2 * time.Minute: ""} {
		b := newBench(t)
		Getter{Service: service, Get: func(context.Context, string) (jsonText, error) { return nil, nil }}.Register(b.env, b.core, "test.Get")
		var out ResourceOutput
		failure := b.failure("test.Get", ResourceInput{Name: "things/t", Succeeded: b.core.ServerTime().Add(-ago)}, &out)
		if got := typeOf(failure); got != want || failure != nil && failure.NonRetryable() || out.Found {
			t.Errorf("%v ago: %q, want %q, retryable", ago, got, want)
		}
	}
}

// The read of a result insists: a 403 may be mended, until the deadline.
func TestGetterInsists(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		err      error
		insist   bool
		deadline time.Duration // from now, 0 for none
		final    bool
	}{
		"403":                     {"of a caller who does not insist", ofAPI(lro.CodePermissionDenied), false, 0, true},
		"403, insists":            {"a change of IAM spreads", ofAPI(lro.CodePermissionDenied), true, time.Hour, false},
		"401, insists":            {"so does a new key", ofAPI(lro.CodeUnauthenticated), true, time.Hour, false},
		"403, its time is up":     {"the next attempt would be too late", ofAPI(lro.CodePermissionDenied), true, time.Millisecond, true},
		"503":                     {"an outage passes", ofAPI(lro.CodeUnavailable), false, 0, false},
		"503, its time is up":     {"the caller learns why", ofAPI(lro.CodeUnavailable), true, time.Millisecond, true},
		"no such method, insists": {"no grant mends that", ofAPI(lro.CodeUnimplemented), true, time.Hour, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			Getter{Service: service, Get: func(context.Context, string) (jsonText, error) { return nil, row.err }}.Register(b.env, b.core, "test.Get")
			in := ResourceInput{Name: "things/t", Insist: row.insist}
			if row.deadline != 0 {
				in.Deadline = b.core.ServerTime().Add(row.deadline)
			}
			failure := b.failure("test.Get", in, &ResourceOutput{})
			if failure == nil || failure.NonRetryable() != row.final {
				t.Errorf("%s: %v, want one that is final: %t", row.reason, failure, row.final)
			}
		})
	}
}

func typeOf(failure *temporal.ApplicationError) string {
	if failure == nil {
		return ""
	}
	return failure.Type()
}
