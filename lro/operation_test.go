package lro_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

func TestParseOperation(t *testing.T) {
	t.Parallel()
	raw := func(text string) json.RawMessage { return json.RawMessage(text) }
	tests := map[string]struct {
		reason string
		body   string
		want   lro.Operation
		state  lro.State
		not    bool // wraps ErrNotOperation
		broken bool // is another error
	}{
		"running":            {reason: "done is absent while false", body: `{"name":"o"}`, want: lro.Operation{Name: "o"}, state: lro.StateRunning},
		"metadata":           {reason: "kept as it came", body: `{"name":"o","metadata":{"@type":"t/X","n":12345678901234567890.10 }}`, want: lro.Operation{Name: "o", Metadata: raw(`{"@type":"t/X","n":12345678901234567890.10 }`)}, state: lro.StateRunning},
		"succeeded":          {reason: "the usual end", body: `{"name":"o","done":true,"response":{"@type":"t/X"}}`, want: lro.Operation{Name: "o", Done: true, Response: raw(`{"@type":"t/X"}`)}, state: lro.StateSucceeded},
		"neither":            {reason: "success with an empty response", body: `{"name":"o","done":true}`, want: lro.Operation{Name: "o", Done: true}, state: lro.StateSucceeded},
		"nameless":           {reason: "some operations come done and without a name", body: `{"done":true,"response":{}}`, want: lro.Operation{Done: true, Response: raw(`{}`)}, state: lro.StateSucceeded},
		"nulls":              {reason: "null is absent", body: `{"name":"o","done":true,"error":null,"metadata":null,"response": null}`, want: lro.Operation{Name: "o", Done: true}, state: lro.StateSucceeded},
		"null fields":        {reason: "null is absent", body: `{"name":null,"done":true,"error":{"code":5,"message":null,"details":null}}`, want: lro.Operation{Done: true, Error: &lro.Status{Code: 5}}, state: lro.StateFailed},
		"failed":             {reason: "every detail is kept, of unknown types too", body: `{"name":"o","done":true,"error":{"code":9,"message":"m","details":[{"@type":"t/Unheard","x":1e400}],"more":1}}`, want: lro.Operation{Name: "o", Done: true, Error: &lro.Status{Code: 9, Message: "m", Details: []json.RawMessage{raw(`{"@type":"t/Unheard","x":1e400}`)}}}, state: lro.StateFailed},
		"canceled":           {reason: "code 1 is a state of its own", body: `{"name":"o","done":true,"error":{"code":1}}`, want: lro.Operation{Name: "o", Done: true, Error: &lro.Status{Code: 1}}, state: lro.StateCanceled},
		"unheard code":       {reason: "a failure all the same, its number kept", body: `{"name":"o","done":true,"error":{"code":-7}}`, want: lro.Operation{Name: "o", Done: true, Error: &lro.Status{Code: -7}}, state: lro.StateFailed},
		"early end":          {reason: "what a running operation says of its end is ignored", body: `{"name":"o","error":{"code":0},"response":{}}`, want: lro.Operation{Name: "o"}, state: lro.StateRunning},
		"unknown field":      {reason: "the API may grow", body: `{"name":"o","done":true,"future":1}`, want: lro.Operation{Name: "o", Done: true}, state: lro.StateSucceeded},
		"other case":         {reason: "JSON's keys have a case: this one is not done", body: `{"name":"o","done":false,"Done":true,"RESPONSE":{}}`, want: lro.Operation{Name: "o"}, state: lro.StateRunning},
		"other case alone":   {reason: "fields of another case are no operation's", body: `{"name":"o","Done":true}`, not: true},
		"both cases":         {reason: "the one of another case does not overwrite it", body: `{"name":"o","done":true,"error":{"code":9,"Code":0},"Done":false}`, want: lro.Operation{Name: "o", Done: true, Error: &lro.Status{Code: 9}}, state: lro.StateFailed},
		"truncated":          {reason: "that word is ours, not a service's", body: `{"name":"o","metadata":{},"truncated":true}`, want: lro.Operation{Name: "o", Metadata: raw(`{}`)}, state: lro.StateRunning},
		"not done":           {reason: "some services write out what is false", body: `{"name":"o","done":false,"future":1}`, want: lro.Operation{Name: "o"}, state: lro.StateRunning},
		"metadata and more":  {reason: "the API may grow", body: `{"name":"o","metadata":{},"future":1}`, want: lro.Operation{Name: "o", Metadata: raw(`{}`)}, state: lro.StateRunning},
		"one field more":     {reason: "neither done nor metadata: a resource, or another kind of operation", body: `{"name":"o","state":"READY"}`, not: true},
		"null done and more": {reason: "null is absent", body: `{"name":"o","done":null,"metadata":null,"status":"DONE"}`, not: true},
		"error and more":     {reason: "an operation of GKE that failed", body: `{"name":"o","status":"DONE","error":{"code":8}}`, not: true},
		"bad UTF-8":          {reason: "made valid, or no other SDK could read it", body: "{\"name\":\"o\",\"metadata\":\"\xff\"}", want: lro.Operation{Name: "o", Metadata: raw(`"` + "\uFFFD" + `"`)}, state: lro.StateRunning},
		"no name, not done":  {reason: "an empty object is no operation", body: `{}`, not: true},
		"null":               {reason: "nothing", body: `null`, not: true},
		"array":              {reason: "not an object", body: `[]`, not: true},
		"text":               {reason: "not an object", body: `"name"`, not: true},
		"code 0":             {reason: "an error that is none proves nothing", body: `{"name":"o","done":true,"error":{"code":0}}`, not: true},
		"empty error":        {reason: "as code 0", body: `{"name":"o","done":true,"error":{}}`, not: true},
		"code in other case": {reason: "as without a code", body: `{"name":"o","done":true,"error":{"Code":9}}`, not: true},
		"both":               {reason: "which is it?", body: `{"name":"o","done":true,"error":{"code":5},"response":{}}`, not: true},
		"done is text":       {reason: "never guessed", body: `{"name":"o","done":"true"}`, not: true},
		"name is a number":   {reason: "never guessed", body: `{"name":7}`, not: true},
		"error is text":      {reason: "never guessed", body: `{"name":"o","done":true,"error":"boom"}`, not: true},
		"code is text":       {reason: "never guessed", body: `{"name":"o","done":true,"error":{"code":"NOT_FOUND"}}`, not: true},
		"code too large":     {reason: "no int32", body: `{"name":"o","done":true,"error":{"code":99999999999}}`, not: true},
		"html":               {reason: "a proxy's page: reading again can help", body: `<html>`, broken: true},
		"cut off":            {reason: "reading again can help", body: `{"name":"o","done":tr`, broken: true},
		"empty":              {reason: "reading again can help", body: ``, broken: true},
		"two values":         {reason: "not one JSON value", body: `{"name":"o"}{"name":"o"}`, broken: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := lro.ParseOperation([]byte(tt.body))
			if (err != nil) != (tt.not || tt.broken) || errors.Is(err, lro.ErrNotOperation) != tt.not {
				t.Fatalf("%s: error %v", tt.reason, err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if err == nil && got.State() != tt.state {
				t.Errorf("%s: State() = %v, want %v", tt.reason, got.State(), tt.state)
			}
		})
	}
}

// The error for what is no operation names what it is instead.
func TestNotOperationSays(t *testing.T) {
	t.Parallel()
	const otherForm = "; operations of this service have another form than google.longrunning's, with a status in place of done"
	tests := map[string]struct{ reason, body, want string }{
		"gke":      {"by operationType", `{"name":"operation-1","zone":"z","operationType":"CREATE_CLUSTER","status":"DONE","error":{}}`, `"operationType", "status", "zone"` + otherForm},
		"compute":  {"by kind", `{"kind":"compute#operation","id":"1","name":"operation-2","status":"RUNNING","progress":40}`, `"id", "kind", "progress", "status"` + otherForm},
		"sql":      {"by either", `{"kind":"sql#operation","name":"abc","status":"DONE","operationType":"CREATE","targetId":"db"}`, `"kind", "operationType", "status", "targetId"` + otherForm},
		"resource": {"nothing says operation", `{"name":"projects/p/instances/i","state":"READY","config":"c"}`, `"config", "state"; it may be a resource`},
		"kind":     {"a kind that is no text says nothing", `{"name":"n","kind":7}`, `"kind"; it may be a resource`},
		"many":     {"a few are enough", `{"name":"n","a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1}`, `"a", "b", "c", "d", "e", "f" and 2 more; it may be a resource`},
		"hostile":  {"one short line", `{"name":"n","a\n\u001b[31m` + strings.Repeat("b", 90) + `":1}`, `"a\n\x1b[31m` + strings.Repeat("b", 33) + `..."; it may be a resource`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := lro.ParseOperation([]byte(tt.body))
			want := "not a google.longrunning.Operation: it has neither done nor metadata, but " + tt.want
			if err == nil || err.Error() != want {
				t.Errorf("%s: got %v, want %s", tt.reason, err, want)
			}
		})
	}
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	tests := map[lro.State]struct {
		reason string
		want   bool
	}{
		lro.StateRunning:   {reason: "may still end any way"},
		lro.StateSucceeded: {reason: "final", want: true},
		lro.StateFailed:    {reason: "final", want: true},
		lro.StateCanceled:  {reason: "final", want: true},
		"":                 {reason: "no state at all"},
	}
	for state, tt := range tests {
		if got := state.Terminal(); got != tt.want {
			t.Errorf("%s: %q.Terminal() = %v", tt.reason, state, got)
		}
	}
}

func FuzzParseOperation(f *testing.F) {
	for _, seed := range []string{
		`{"name":"o"}`, `{"name":"o","done":true,"response":{"@type":"t/X","n":1e400}}`, `{"done":true,"error":{"code":9,"message":"m","details":[{"@type":"t/X"},null]}}`,
		`{"name":"o","metadata":null,"Done":true}`, `null`, `[]`, `{"name":"\ud800","metadata":"` + "\xff" + `"}`, `{"name":"o","metadata": [1, 2 ]}`, `<html>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		op, err := lro.ParseOperation(body)
		if err != nil {
			return
		}
		if op.Name == "" && !op.Done {
			t.Fatalf("%q is no operation", body)
		}
		if again := op; again.Normalize() != nil || cmp.Diff(op, again) != "" {
			t.Errorf("%q is not normal after reading: %+v", body, op)
		}
		raw, err := json.Marshal(op)
		if err != nil || !utf8.Valid(raw) {
			t.Fatalf("%q does not encode: %q, %v", body, raw, err)
		}
		back, err := lro.ParseOperation(raw)
		if err != nil || compacted(t, back) != compacted(t, op) || back.State() != op.State() {
			t.Errorf("%q was read as %+v and again as %+v, %v", body, op, back, err)
		}
	})
}
