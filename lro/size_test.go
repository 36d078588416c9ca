package lro_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// text is up to n bytes of what is worst for an encoder.
func text(random *rand.Rand, n int) string {
	pieces := []string{"a", "<", "&", "\x00", "\n", "\x1b", "\"", "\\", "é", "\u2028", "語", "😀", "\xff", "\xe8\xaa"}
	piece := pieces[random.IntN(len(pieces))]
	if random.IntN(2) == 0 {
		piece += pieces[random.IntN(len(pieces))]
	}
	return strings.Repeat(piece, random.IntN(n+1)/len(piece))
}

func rawText(random *rand.Rand, n int) json.RawMessage {
	raw, _ := json.Marshal(map[string]string{"@type": "t/X", "x": text(random, n)})
	return raw
}

func randomStatus(random *rand.Rand) *lro.Status {
	s := &lro.Status{Code: lro.Code(1 + random.IntN(16)), Message: text(random, 1<<random.IntN(21))}
	for range random.IntN(4) {
		s.Details = append(s.Details, rawText(random, 1<<random.IntN(20)))
	}
	return s
}

func randomFailure(random *rand.Rand) lro.Failure {
	types := []lro.FailureType{lro.TypeOperationFailed, lro.TypePollFailed, lro.TypeOperationGone, lro.TypeAwaitTimeout, lro.TypeProtocolError, lro.TypeResultTooLarge, lro.TypeCompensationFailed, lro.TypeInvalidInput, lro.TypeNotAllowed, lro.TypeWaitNotFound}
	huge := func() int { return 1 << random.IntN(21) }
	f := lro.Failure{
		Type: types[random.IntN(len(types))],
		Outcome: lro.Outcome{
			Ref:          lro.Ref{Service: text(random, huge()), Name: text(random, huge())},
			Operation:    lro.Operation{Name: text(random, huge()), Done: true, Metadata: rawText(random, huge()), Response: rawText(random, huge()), Error: randomStatus(random)},
			CancelStatus: randomStatus(random),
		},
		PollError: randomStatus(random),
		Field:     text(random, huge()),
		Value:     text(random, huge()),
		Reason:    text(random, huge()),
	}
	for range random.IntN(1 << random.IntN(12)) {
		f.Resources = append(f.Resources, text(random, 1<<random.IntN(12)))
	}
	return f
}

// nested is JSON of that many levels.
func nested(levels int) json.RawMessage {
	return json.RawMessage(strings.Repeat(`{"a":`, levels-1) + "{}" + strings.Repeat("}", levels-1))
}

func TestFailureFits(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		want := randomFailure(rand.New(rand.NewPCG(seed, 0)))
		app := activities.NewError(want).(*temporal.ApplicationError)
		checkLine(t, app.Message())
		var sent lro.Failure
		if err := app.Details(&sent); err != nil {
			t.Fatal(err)
		}
		payload, err := converter.GetDefaultDataConverter().ToPayload(sent)
		if err != nil || len(payload.GetData()) > lro.MaxEncodedSize || !utf8.Valid(payload.GetData()) {
			t.Fatalf("seed %d: %d bytes, %v", seed, len(payload.GetData()), err)
		}
		got, ok := lro.AsFailure(crossed(app))
		if !ok || got.Type != want.Type || got.Code() != want.Code() || got.Operation.Error.Code != want.Operation.Error.Code {
			t.Fatalf("seed %d: %v %v came back as %v %v", seed, want.Type, want.Code(), got.Type, got.Code())
		}
	}
}

func TestFailureFitsAtItsWorst(t *testing.T) {
	t.Parallel()
	worst := func(n int) string { return strings.Repeat("\x00", n) }
	full := &lro.Status{Code: lro.CodeInternal, Message: worst(40<<10/6 - 20)}
	f := lro.Failure{
		Type: lro.TypeOperationFailed,
		Outcome: lro.Outcome{
			Ref:          lro.Ref{Service: worst(1 << 20), Name: worst(1 << 20)},
			Operation:    lro.Operation{Done: true, Metadata: rawOf(t, strings.Repeat("m", lro.MaxEncodedSize-272<<10-64)), Error: &lro.Status{Code: lro.CodeInternal}},
			CancelStatus: full,
		},
		PollError: full, Field: worst(999), Value: worst(999), Reason: worst(1 << 20), Resources: []string{worst(600), worst(600), worst(600)},
		StartError: full, UndoErrors: []string{worst(600), worst(600), worst(600)},
		Cause: &lro.Cause{Type: worst(999), Message: worst(1 << 20), Operation: worst(1 << 20), Status: full},
	}
	var sent lro.Failure
	if err := activities.NewError(f).(*temporal.ApplicationError).Details(&sent); err != nil {
		t.Fatal(err)
	}
	if sent.Operation.Truncated || sent.PollError.Message != full.Message {
		t.Fatal("the test is meant to come to the brim of what is kept")
	}
	if size := lro.EncodedSize(sent); size > lro.MaxEncodedSize {
		t.Errorf("%d bytes, over %d", size, lro.MaxEncodedSize)
	}
}

func TestBound(t *testing.T) {
	t.Parallel()
	big := func(n int) json.RawMessage { return rawOf(t, strings.Repeat("x", n)) }
	tests := map[string]struct {
		reason string
		op     lro.Operation
		want   lro.Operation
		fits   bool
	}{
		"small":          {reason: "untouched", op: lro.Operation{Name: "o", Metadata: big(9), Response: big(9)}, want: lro.Operation{Name: "o", Metadata: big(9), Response: big(9)}, fits: true},
		"metadata":       {reason: "metadata goes first", op: lro.Operation{Name: "o", Done: true, Metadata: big(900 << 10), Response: big(9)}, want: lro.Operation{Name: "o", Done: true, Response: big(9), Truncated: true}, fits: true},
		"together":       {reason: "the response stays if it fits alone", op: lro.Operation{Name: "o", Done: true, Metadata: big(500 << 10), Response: big(500 << 10)}, want: lro.Operation{Name: "o", Done: true, Response: big(500 << 10), Truncated: true}, fits: true},
		"response":       {reason: "then the response", op: lro.Operation{Name: "o", Done: true, Metadata: big(9), Response: big(3 << 20)}, want: lro.Operation{Name: "o", Done: true, Truncated: true}},
		"escaped":        {reason: "it is the encoded size that counts: six bytes for each", op: lro.Operation{Name: "o", Done: true, Response: rawOf(t, strings.Repeat("<", 200<<10))}, want: lro.Operation{Name: "o", Done: true, Truncated: true}},
		"error":          {reason: "the code and the first of the message stay, cut between characters", op: lro.Operation{Name: "o", Done: true, Error: &lro.Status{Code: 9, Message: "x" + strings.Repeat("é", 1<<20), Details: []json.RawMessage{big(9)}}}, want: lro.Operation{Name: "o", Done: true, Truncated: true, Error: &lro.Status{Code: 9, Message: "x" + strings.Repeat("é", 3<<10-1) + "..."}}},
		"name":           {reason: "a service's own, unbounded until here", op: lro.Operation{Name: strings.Repeat("n", 1<<20)}, want: lro.Operation{Name: strings.Repeat("n", lro.MaxNameLength) + "...", Truncated: true}},
		"no JSON":        {reason: "what does not encode fits nowhere", op: lro.Operation{Name: "o", Metadata: json.RawMessage(`{`)}, want: lro.Operation{Name: "o", Truncated: true}, fits: true},
		"no JSON in it":  {reason: "what does not encode fits nowhere", op: lro.Operation{Name: "o", Done: true, Error: &lro.Status{Code: 9, Message: "m", Details: []json.RawMessage{json.RawMessage(`{`)}}}, want: lro.Operation{Name: "o", Done: true, Error: &lro.Status{Code: 9, Message: "m"}, Truncated: true}},
		"deep metadata":  {reason: "what is too deep is dropped as what is too large is", op: lro.Operation{Name: "o", Done: true, Metadata: nested(9998), Response: big(9)}, want: lro.Operation{Name: "o", Done: true, Response: big(9), Truncated: true}, fits: true},
		"deep response":  {reason: "it would not decode within an output", op: lro.Operation{Name: "o", Done: true, Response: nested(9998)}, want: lro.Operation{Name: "o", Done: true, Truncated: true}},
		"too deep":       {reason: "one level over the limit, the operation's own among them", op: lro.Operation{Name: "o", Done: true, Response: nested(lro.MaxDepth)}, want: lro.Operation{Name: "o", Done: true, Truncated: true}},
		"deep enough":    {reason: "at the limit", op: lro.Operation{Name: "o", Done: true, Response: nested(lro.MaxDepth - 1)}, want: lro.Operation{Name: "o", Done: true, Response: nested(lro.MaxDepth - 1)}, fits: true},
		"deep detail":    {reason: "of an error the code and the message stay", op: lro.Operation{Name: "o", Done: true, Error: &lro.Status{Code: 9, Message: "m", Details: []json.RawMessage{nested(9000)}}}, want: lro.Operation{Name: "o", Done: true, Error: &lro.Status{Code: 9, Message: "m"}, Truncated: true}},
		"brackets":       {reason: "a bracket in a string nests nothing", op: lro.Operation{Name: "o", Done: true, Response: rawOf(t, strings.Repeat(`["\`, 2000))}, want: lro.Operation{Name: "o", Done: true, Response: rawOf(t, strings.Repeat(`["\`, 2000))}, fits: true},
		"bounded before": {reason: "a second time changes nothing", op: lro.Operation{Name: "o", Done: true, Truncated: true}, want: lro.Operation{Name: "o", Done: true, Truncated: true}, fits: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := tt.op.Error
			before := ""
			if status != nil {
				before = status.Message
			}
			got, fits := tt.op.Bound()
			if diff := cmp.Diff(tt.want, got); diff != "" || fits != tt.fits {
				t.Errorf("%s: fits %v (-want +got):\n%.2000s", tt.reason, fits, diff)
			}
			if status != nil && status.Message != before {
				t.Error("the caller's own Status was changed")
			}
		})
	}
}

func TestEncodedSize(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		value  any
		want   int
	}{
		"text":    {reason: "with its quotes", value: "abc", want: 5},
		"escaped": {reason: "as Temporal's converter writes it", value: "<>&", want: 20},
		"raw":     {reason: "raw values are escaped as well", value: json.RawMessage(`"<"`), want: 8},
		"channel": {reason: "what does not encode fits nowhere", value: make(chan int), want: lro.MaxEncodedSize + 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := lro.EncodedSize(tt.value); got != tt.want {
				t.Errorf("%s: %d, want %d", tt.reason, got, tt.want)
			}
			payload, err := converter.GetDefaultDataConverter().ToPayload(tt.value)
			if err == nil && len(payload.GetData()) != tt.want {
				t.Errorf("Temporal's converter writes %d bytes, want %d", len(payload.GetData()), tt.want)
			}
		})
	}
}

func rawOf(t *testing.T, v any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
