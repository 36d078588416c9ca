package lro_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

func TestDurationJSON(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		raw    string
		want   time.Duration
		back   string // "" if as raw
		bad    bool
	}{
		"seconds":        {reason: "google.protobuf.Duration", raw: `"90s"`, want: 90 * time.Second},
		"fraction":       {reason: "no zeros at the end", raw: `"1.500s"`, want: 1500 * time.Millisecond, back: `"1.5s"`},
		"nanosecond":     {reason: "nine decimals", raw: `"0.000000001s"`, want: 1},
		"tens":           {reason: "only decimals lose their zeros", raw: `"100s"`, want: 100 * time.Second},
		"zero":           {reason: "a duration like any other", raw: `"0s"`, want: 0},
		"negative":       {reason: "whether it is allowed is the field's matter", raw: `"-0.5s"`, want: -500 * time.Millisecond},
		"go":             {reason: "Go's own form is read", raw: `"1h30m"`, want: 90 * time.Minute, back: `"5400s"`},
		"longest":        {reason: "no overflow", raw: `"9223372036.854775807s"`, want: math.MaxInt64},
		"shortest":       {reason: "no overflow where its sign is taken off", raw: `"-9223372036.854775808s"`, want: math.MinInt64},
		"null":           {reason: "null is absent", raw: `null`, want: 0, back: `"0s"`},
		"number":         {reason: "of what unit?", raw: `90`, bad: true},
		"no unit":        {reason: "of what unit?", raw: `"90"`, bad: true},
		"empty":          {reason: "not a duration", raw: `""`, bad: true},
		"too long":       {reason: "over 292 years", raw: `"9223372037s"`, bad: true},
		"exponent":       {reason: "no form of a duration", raw: `"1e3s"`, bad: true},
		"not a number":   {reason: "no form of a duration", raw: `"NaNs"`, bad: true},
		"object":         {reason: "the form of other encoders", raw: `{"seconds":90}`, bad: true},
		"huge":           {reason: "the message does not grow with it", raw: `"` + strings.Repeat("9", 1<<16) + `s"`, bad: true},
		"control in it":  {reason: "the message stays one line", raw: `"1\u001b[2Js"`, bad: true},
		"line break":     {reason: "the message stays one line", raw: `"1s\n2s"`, bad: true},
		"text of a week": {reason: "Go has no unit of a day", raw: `"7d"`, bad: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d lro.Duration
			if err := json.Unmarshal([]byte(tt.raw), &d); err != nil {
				t.Fatalf("decoding failed: %v", err)
			}
			got, err := d.In("timeout")
			field := ""
			if tt.bad {
				field = "timeout"
			}
			checkInvalid(t, err, field)
			if got != tt.want {
				t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
			}
			want := tt.raw
			if tt.back != "" {
				want = tt.back
			}
			if back := compacted(t, d); back != want {
				t.Errorf("%s: written back as %s, want %s", tt.reason, back, want)
			}
		})
	}
}

func FuzzDuration(f *testing.F) {
	for _, seed := range []string{`"90s"`, `"-0.5s"`, `"1h30m"`, `"9223372036.854775807s"`, `"-9223372036.854775808s"`, `null`, `90`, `"1e3s"`, `"µs"`, `{"seconds":1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return // encoding/json never hands it over
		}
		var d, back lro.Duration
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatalf("decoding %q failed: %v", raw, err)
		}
		value, err := d.In("f")
		if err != nil {
			checkInvalid(t, err, "f")
		}
		if err := json.Unmarshal([]byte(compacted(t, d)), &back); err != nil {
			t.Fatal(err)
		}
		again, backErr := back.In("f")
		if again != value || (err == nil) != (backErr == nil) {
			t.Errorf("%q is %v, %v and then %v, %v", raw, value, err, again, backErr)
		}
		if err == nil && compacted(t, lro.DurationOf(value)) != compacted(t, d) {
			t.Errorf("%q is written as %s", raw, compacted(t, d))
		}
	})
}

// strictInput has what awaitop's inputs have: nested structs, raw values and
// types that decode themselves.
type strictInput struct {
	Ref     lro.Ref        `json:"ref,omitzero"`
	Timeout lro.Duration   `json:"timeout,omitzero"`
	Policy  lro.PollPolicy `json:"policy,omitzero"`
	Count   int            `json:"count"`
	Inner   struct {
		Flag bool `json:"flag"`
	} `json:"inner"`
	List []struct {
		N int `json:"n"`
	} `json:"list"`
	Raw json.RawMessage `json:"raw"`
}

func TestDecodeStrict(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		path   string
		raw    string
		want   lro.InvalidError // Problem is not compared
	}{
		"valid":           {reason: "the input as documented", raw: `{"ref":"//a.example/o","timeout":"1s","policy":{"coefficient":2},"count":1,"inner":{"flag":true},"list":[{"n":1}],"raw":{"any":1}}`},
		"empty":           {reason: "all absent", raw: `{}`},
		"space after":     {reason: "is no value", raw: "{} \n\t"},
		"unknown":         {reason: "a misspelling is no default", raw: `{"timeuot":"1s"}`, want: lro.InvalidError{Field: "timeuot", Value: `"1s"`, Want: "one of the documented fields"}},
		"unknown below":   {reason: "the path goes before it", path: "policy", raw: `{"max":"1s"}`, want: lro.InvalidError{Field: "policy.max", Value: `"1s"`, Want: "one of the documented fields"}},
		"in the policy":   {reason: "a type that decodes itself names its own", raw: `{"policy":{"max":1}}`, want: lro.InvalidError{Field: "policy.max", Value: `1`, Want: "one of the documented fields"}},
		"dotted key":      {reason: "a key may hold a dot", raw: `{"a.b":{"c":1}}`, want: lro.InvalidError{Field: "a.b", Value: `{"c":1}`, Want: "one of the documented fields"}},
		"quoted key":      {reason: "a key may hold quotes and line breaks", raw: `{"a\"\n":7}`, want: lro.InvalidError{Field: "a\"\n", Value: `7`, Want: "one of the documented fields"}},
		"empty key":       {reason: "the whole is named then", raw: `{"":7}`, want: lro.InvalidError{Field: "input", Value: `7`, Want: "one of the documented fields"}},
		"mismatch":        {reason: "another JSON type", raw: `{"count":"7"}`, want: lro.InvalidError{Field: "count", Value: `"7"`, Want: "JSON for a int"}},
		"fraction":        {reason: "no integer", raw: `{"count":1.5}`, want: lro.InvalidError{Field: "count", Value: `1.5`, Want: "JSON for a int"}},
		"nested mismatch": {reason: "the path is followed", raw: `{"inner":{"flag":1}}`, want: lro.InvalidError{Field: "inner.flag", Value: `1`, Want: "JSON for a bool"}},
		"in an array":     {reason: "paths of encoding/json hold no index: the array is shown", raw: `{"list":[{"n":1},{"n":true}]}`, want: lro.InvalidError{Field: "list.n", Value: `[{"n":1},{"n":true}]`, Want: "JSON for a int"}},
		"ref":             {reason: "what ParseRef says", raw: `{"ref":"o"}`, want: lro.InvalidError{Field: "ref", Value: "o", Want: "//SERVICE/NAME, for example //spanner.googleapis.com/projects/p/instances/i/operations/o"}},
		"array":           {reason: "no object", raw: `[1]`, want: lro.InvalidError{Field: "input", Value: `[1]`, Want: "a JSON object"}},
		"no JSON":         {reason: "no JSON", raw: `{`, want: lro.InvalidError{Field: "input", Value: `{`, Want: "the JSON that the documentation of this input shows"}},
		"nothing":         {reason: "no JSON", path: "policy", raw: ``, want: lro.InvalidError{Field: "policy", Want: "the JSON that the documentation of this input shows"}},
		"two values":      {reason: "the second would be lost", raw: `{"count":1}{"count":2}`, want: lro.InvalidError{Field: "input", Value: `{"count":1}{"count":2}`, Want: "one JSON value"}},
		"garbage after":   {reason: "cut or glued together", raw: `{"count":1}]`, want: lro.InvalidError{Field: "input", Value: `{"count":1}]`, Want: "one JSON value"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v strictInput
			err := lro.DecodeStrict(tt.path, []byte(tt.raw), &v)
			checkInvalid(t, err, tt.want.Field)
			var got lro.InvalidError
			if invalid := (*lro.InvalidError)(nil); errors.As(err, &invalid) {
				got = *invalid
				if got.Problem == "" && got.Field != "ref" {
					t.Errorf("%s: no problem is named in %v", tt.reason, err)
				}
			}
			got.Problem = ""
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func FuzzDecodeStrict(f *testing.F) {
	for _, seed := range []string{
		`{"ref":"//a.example/o","timeout":"1s","policy":{"coefficient":2},"count":1,"inner":{"flag":true},"list":[{"n":1}],"raw":{}}`,
		`{"x\n":1}`, `{"inner":{"flag":1}}`, `{"list":[1]}`, `{} {}`, `{"policy":{"initialInterval":7}}`, `null`, `{"count":1e999}`, `{"":""}`, `{"list":{"n":[]}}`,
	} {
		f.Add("", []byte(seed))
		f.Add("policy", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, path string, raw []byte) {
		var v strictInput
		err := lro.DecodeStrict(path, raw, &v)
		if err == nil {
			if !json.Valid(raw) {
				t.Errorf("%q is not JSON and was accepted", raw)
			}
			return
		}
		var invalid *lro.InvalidError
		if !errors.As(err, &invalid) || invalid.Field == "" || invalid.Want == "" {
			t.Errorf("%q gives %#v", raw, err)
		}
		checkLine(t, err.Error())
	})
}
