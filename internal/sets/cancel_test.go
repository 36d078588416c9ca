package sets_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/internal/sets"
)

// What another release does not say is not told as "none was sent".
func TestCancelOutputOfOthers(t *testing.T) {
	t.Parallel()
	out := sets.CancelOutput{Results: "de?", Sent: "4?"}
	type told struct {
		Result cancels.Result
		Sent   cancels.Sent
	}
	var got []told
	for i := range 4 {
		got = append(got, told{out.Result(i), out.SentOf(i)})
	}
	want := []told{
		{cancels.Delivered, cancels.SentAccepted}, {cancels.Ended, cancels.SentUnanswered},
		{cancels.Refused, cancels.SentUnanswered}, {cancels.Refused, cancels.SentUnanswered},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
