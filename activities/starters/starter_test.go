package starters

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// size is the request of the tests.
type size struct {
	Size int `json:"size"`
}

// scripted are the answers of a starter's functions, one after the other.
type scripted struct {
	finds  []any // Seen or error
	start  any   // lro.Operation or error
	starts int
	wants  []Want[size]
}

func (s *scripted) starter() Starter[size] {
	return Starter[size]{
		Service: service,
		Check:   checkThing,
		Find: func(_ context.Context, want Want[size]) (Seen, error) {
			s.wants = append(s.wants, want)
			next := s.finds[0]
			s.finds = s.finds[1:]
			if err, failed := next.(error); failed {
				return Seen{}, err
			}
			return next.(Seen), nil
		},
		Start: func(context.Context, Want[size], Seen) (lro.Operation, error) {
			s.starts++
			if err, failed := s.start.(error); failed {
				return lro.Operation{}, err
			}
			return s.start.(lro.Operation), nil
		},
	}
}

// result is what an attempt came to, in short.
type result struct {
	Ends   string // "started", "adopted", "none", "again CODE", or the failure's type
	Known  bool   // the next attempt knows of a call, or an operation may run in spite of the failure
	Starts int
}

func (b *bench) attempt(s *scripted, in StartInput) result {
	b.t.Helper()
	s.starter().Register(b.env, b.core, "test.Create")
	value, err := b.env.ExecuteActivity("test.Create", in)
	out := result{Starts: s.starts}
	if err != nil {
		failure, typed := lro.AsFailure(err)
		if !typed {
			b.t.Fatal(err)
		}
		out.Ends, out.Known = failure.ErrorType(), failure.MayRun
		return out
	}
	var started StartOutput
	if err := value.Get(&started); err != nil {
		b.t.Fatal(err)
	}
	switch {
	case started.Again != nil:
		out.Ends, out.Known = "again "+started.Again.Error.Code.String(), started.Again.Known != nil
	case !started.Found:
		out.Ends = "none"
	case started.Adopted:
		out.Ends = "adopted"
	default:
		out.Ends = "started"
	}
	return out
}

func input() StartInput {
	return StartInput{Target: "things/t", Key: "awaitop_k", Since: since, Request: jsonText(`{"size":3}`)}
}

func TestAttempt(t *testing.T) {
	t.Parallel()
	nothing, mine := Seen{}, seenOps(&Resource{Owner: Ours}, succeededOp("o", Ours, later))
	op := lro.Operation{Name: "operations/o"}
	down, denied, exists := ofAPI(lro.CodeUnavailable), ofAPI(lro.CodePermissionDenied), ofAPI(lro.CodeAlreadyExists)
	unreadable := &lro.Error{NoStatus: true, HTTP: 200, Status: lro.Status{Code: lro.CodeOutOfRange}}
	theirs := seenOps(&Resource{Owner: Others})
	adoptOnly := func(in *StartInput) { in.AdoptOnly = true }
	retried := func(in *StartInput) { in.Retried = true }
	rows := []struct {
		reason string
		change func(*StartInput)
		finds  []any
		start  any
		want   result
	}{
		{"nothing there", nil, []any{nothing}, op, result{"started", false, 1}},
		{"done at once, without a name", nil, []any{nothing}, lro.Operation{Done: true}, result{"started", false, 1}},
		{"there already", nil, []any{mine}, nil, result{"adopted", false, 0}},
		{"a stranger's", nil, []any{theirs}, nil, result{"StartFailed.ALREADY_EXISTS", false, 0}},
		{"only looked for", adoptOnly, []any{nothing}, nil, result{"none", false, 0}},
		{"a look fails for now", adoptOnly, []any{down}, nil, result{"StartFailed.UNAVAILABLE", true, 0}},
		{"the first read fails for now", nil, []any{down}, nil, result{"again UNAVAILABLE", false, 0}},
		{"the first read is refused", nil, []any{denied}, nil, result{"StartFailed.PERMISSION_DENIED", false, 0}},
		{"the first read is refused by a front end", nil, []any{ofFrontEnd(403)}, nil, result{"again PERMISSION_DENIED", false, 0}},

		{"the call is refused", nil, []any{nothing}, denied, result{"StartFailed.PERMISSION_DENIED", false, 1}},
		{"the call has no quota", nil, []any{nothing}, ofAPI(lro.CodeResourceExhausted), result{"again RESOURCE_EXHAUSTED", false, 1}},
		{"somebody was faster", nil, []any{nothing}, exists, result{"StartFailed.ALREADY_EXISTS", false, 1}},
		{"an earlier run may have been faster", retried, []any{nothing, nothing}, exists, result{"again UNAVAILABLE", true, 1}},
		{"a lost reply", nil, []any{nothing, mine}, down, result{"adopted", false, 1}},
		{"a lost reply, and nothing to be seen yet", nil, []any{nothing, nothing}, down, result{"again UNAVAILABLE", true, 1}},
		{"a lost reply, and a failed look", nil, []any{nothing, denied}, down, result{"again UNAVAILABLE", true, 1}},
		{"a lost reply, and a stranger's target", nil, []any{nothing, theirs}, down, result{"StartFailed.ALREADY_EXISTS", false, 1}},
		{"refused by a front end", nil, []any{nothing, nothing}, ofFrontEnd(401), result{"again UNAUTHENTICATED", true, 1}},
		{"refused by a front end, and started all the same", nil, []any{nothing, mine}, ofFrontEnd(403), result{"adopted", false, 1}},
		{"an answer too large to be read", nil, []any{nothing, mine}, unreadable, result{"adopted", false, 1}},
		{"an answer too large to be read, not to be seen yet", nil, []any{nothing, nothing}, unreadable, result{"again UNAVAILABLE", true, 1}},
		{"an answer too large to be read, and a refused look", nil, []any{nothing, denied}, unreadable, result{"StartFailed.PERMISSION_DENIED", true, 1}},
		{"an answer that is no operation", nil, []any{nothing, mine}, lro.Operation{Name: "things/t"}, result{"adopted", false, 1}},
		{"an error that says nothing", nil, []any{nothing, nothing}, errors.New("reset"), result{"again UNKNOWN", true, 1}},

		{"a target that is not allowed", func(in *StartInput) { in.Target = "forbidden" }, nil, nil, result{string(lro.TypeInvalidInput), false, 0}},
		{"a field that the request does not have", func(in *StartInput) { in.Request = jsonText(`{"weight":1}`) }, nil, nil, result{string(lro.TypeInvalidInput), false, 0}},
		{"no key", func(in *StartInput) { in.Key = "" }, nil, nil, result{string(lro.TypeInvalidInput), false, 0}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			b, in := newBench(t), input()
			if row.change != nil {
				row.change(&in)
			}
			got := b.attempt(&scripted{finds: row.finds, start: row.start}, in)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(b.beats) != got.Starts {
				t.Errorf("%d intents were recorded for %d calls", len(b.beats), got.Starts)
			}
		})
	}
}

// The functions get the step's own words, and the ids that cannot be used.
func TestWant(t *testing.T) {
	t.Parallel()
	b, in := newBench(t), input()
	in.Retried, in.Known = true, &Known{Taken: []string{"awaitop_k"}, At: since}
	s := &scripted{finds: []any{Seen{OperationID: "awaitop_k_2"}}, start: lro.Operation{Name: "operations/o"}}
	if got := b.attempt(s, in); got.Ends != "started" {
		t.Fatalf("%+v", got)
	}
	want := Want[size]{Target: "things/t", Key: "awaitop_k", Request: size{3}, Retried: true, Since: since, Called: since, TakenIDs: []string{"awaitop_k"}}
	if len(s.wants) == 1 && s.wants[0].Now.IsZero() {
		t.Error("it does not say when the attempt began")
	}
	if diff := cmp.Diff([]Want[size]{want}, s.wants, cmpopts.IgnoreFields(Want[size]{}, "Now")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Known{{OperationID: "awaitop_k_2", Taken: []string{"awaitop_k"}, At: since}}, b.beats); diff != "" {
		t.Errorf("the intent (-want +got):\n%s", diff)
	}
}

// A field of a newer release guards against something: the start is left to a newer worker.
func TestNewerInput(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), &scripted{}
	s.starter().Register(b.env, b.core, "test.Create")
	_, err := b.env.ExecuteActivity("test.Create", map[string]any{"target": "things/t", "key": "awaitop_k", "since": since, "guard": true})
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.Type() != string(lro.TypeInvalidInput) || app.NonRetryable() {
		t.Errorf("got %v, want a refusal for a newer worker", err)
	}
}

func TestEmptyRequest(t *testing.T) {
	t.Parallel()
	got, err := DecodeRequest[size](nil)
	if err != nil || got != (size{}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestRegisterNeedsItsFields(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := (&scripted{}).starter()
	s.Service = ""
	for name, register := range map[string]func(){
		"a starter": func() { s.Register(b.env, b.core, "test.Create") },
		"a remover": func() { Remover{}.Register(b.env, b.core, "test.Create") },
		"a getter":  func() { Getter{}.Register(b.env, b.core, "test.Create") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, "test.Create: "+name+" needs") {
					t.Errorf("it panicked with %q", text)
				}
			}()
			register()
		})
	}
}
