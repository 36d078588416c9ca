package poller

import (
	"fmt"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

func TestJudgeWait(t *testing.T) {
	t.Parallel()
	failed := func(code lro.Code, advice time.Duration) Answer {
		return Answer{Err: &lro.Error{Status: lro.Status{Code: code}, RetryAfter: advice}}
	}
	page := Answer{Err: &lro.Error{HTTP: 404, NoStatus: true, Status: lro.Status{Code: lro.CodeUnknown}}}
	const timeout = 20 * time.Second
	rows := map[string]struct {
		reason string
		answer Answer
		held   time.Duration
		want   waitVerdict
	}{
		"ended":          {"the end is an answer whenever it comes", Answer{Op: lro.Operation{Done: true}}, 0, waitVerdict{answers: true}},
		"held":           {"a wait whose timeout was over is worth another", Answer{}, timeout, waitVerdict{answers: true}},
		"nearly held":    {"so is one that took 75% of it", Answer{}, 15 * time.Second, waitVerdict{answers: true}},
		"early":          {"it is a read, but none to repeat at once", Answer{}, 14 * time.Second, waitVerdict{answers: true, pause: time.Minute}},
		"429":            {"the wait has to heed it", failed(lro.CodeResourceExhausted, 0), 0, waitVerdict{answers: true, pause: time.Minute}},
		"429, advised":   {"for as long as the service says", failed(lro.CodeResourceExhausted, time.Hour), 0, waitVerdict{answers: true, pause: time.Hour}},
		"503":            {"a Get may be answered", failed(lro.CodeUnavailable, 0), 0, waitVerdict{pause: time.Minute}},
		"503, advised":   {"advice is about reads, too", failed(lro.CodeUnavailable, 2*time.Minute), 0, waitVerdict{answers: true, pause: 2 * time.Minute}},
		"404":            {"a Get says whether the operation is gone", failed(lro.CodeNotFound, 0), 0, waitVerdict{pause: time.Minute}},
		"404 of a page":  {"the front end does not know the method", page, 0, waitVerdict{pause: 10 * time.Minute, all: true}},
		"501":            {"the service does not", failed(lro.CodeUnimplemented, 0), 0, waitVerdict{pause: 10 * time.Minute, all: true}},
		"400":            {"nor does it take this request", failed(lro.CodeInvalidArgument, 0), 0, waitVerdict{pause: 10 * time.Minute, all: true}},
		"403":            {"the permission is for the method", failed(lro.CodePermissionDenied, 0), 0, waitVerdict{pause: 10 * time.Minute, all: true}},
		"403, advised":   {"advice makes no answer of a refusal", failed(lro.CodePermissionDenied, time.Hour), 0, waitVerdict{pause: 10 * time.Minute, all: true}},
		"no operation":   {"a Get says what it is", Answer{Err: lro.ErrNotOperation}, 0, waitVerdict{pause: 10 * time.Minute, all: true}},
		"without a code": {"a lost reply says nothing", Answer{Err: errNoReply}, timeout, waitVerdict{pause: time.Minute}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := judgeWait(&row.answer, row.held, timeout); got != row.want {
				t.Errorf("%s: %+v, want %+v", row.reason, got, row.want)
			}
		})
	}
}

// What a process remembers of refusals is bounded, and forgets what is over first.
func TestUnwaitedIsBounded(t *testing.T) {
	t.Parallel()
	u, now := unwaited{until: map[lro.Ref]time.Time{}}, time.Now()
	ref := func(i int) lro.Ref {
		return lro.Ref{Service: "x.googleapis.com", Name: fmt.Sprintf("projects/p%d/operations/o", i)}
	}
	for i := range maxUnwaited {
		u.note(ref(i), waitVerdict{pause: time.Minute}, now)
	}
	later := now.Add(time.Hour)
	u.note(ref(maxUnwaited), waitVerdict{pause: time.Minute, all: true}, later)
	if len(u.until) != 1 || !u.has(ref(maxUnwaited), later) || u.has(ref(0), later) {
		t.Errorf("%d are kept, want the last alone", len(u.until))
	}
}
