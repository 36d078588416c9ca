package lro_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// strictInput has what awaitop's inputs have: nested structs, raw values and
// types that decode themselves.
type strictInput struct {
	Ref     lro.Ref        `json:"ref,omitzero"`
	Timeout lro.Duration   `json:"timeout,omitzero"`
	Policy  lro.PollPolicy `json:"policy,omitzero"`
	Count   int            `json:"count"`
	Size    int64          `json:"size,string"`
	At      time.Time      `json:"at"`
	Inner   struct {
		Flag bool `json:"flag"`
	} `json:"inner"`
	List []struct {
		N int     `json:"n"`
		R lro.Ref `json:"r"`
	} `json:"list"`
	Names  []string           `json:"names"`
	ByName map[string]float64 `json:"byName"`
	Deep   *struct {
		Code lro.Code `json:"code"`
	} `json:"deep"`
	Raw json.RawMessage `json:"raw"`
	embedded
	Left any `json:"-"`
}

type embedded struct {
	Label string `json:"label"`
}

const allFields = "one of ref, timeout, policy, count, size, at, inner, list, names, byName, deep, raw, label"

func TestDecodeStrict(t *testing.T) {
	t.Parallel()
	const refForm = "//SERVICE/NAME, for example //spanner.googleapis.com/projects/p/instances/i/operations/o"
	missing := func(field, value, hint string) lro.InvalidError {
		return lro.InvalidError{Field: field, Value: value, Want: allFields, Problem: "is in a field that does not exist" + hint}
	}
	tests := map[string]struct {
		reason string
		path   string
		raw    string
		want   lro.InvalidError
	}{
		"valid":         {reason: "the input as documented", raw: `{"ref":"//a.example/o","timeout":"1s","policy":{"coefficient":2},"count":1,"size":"9007199254740993","at":"2026-01-02T03:04:05Z","inner":{"flag":true},"list":[{"n":1}],"names":["a"],"byName":{"a":0.5},"deep":{"code":5},"raw":{"any":1},"label":"x"}`},
		"empty":         {reason: "all absent", raw: `{}`},
		"null":          {reason: "null is absent", raw: `null`},
		"nulls":         {reason: "null is absent", raw: `{"ref":null,"timeout":null,"policy":null,"count":null,"size":null,"inner":null,"list":null,"deep":null,"at":null,"byName":null}`},
		"space after":   {reason: "is no value", raw: "{} \n\t"},
		"far":           {reason: "nothing is near", raw: `{"wibble":"1s"}`, want: missing("wibble", "1s", "")},
		"short":         {reason: "of two letters all is near", raw: `{"xy":1}`, want: missing("xy", "1", "")},
		"swapped":       {reason: "a misspelling is no default", raw: `{"timeuot":"1s"}`, want: missing("timeuot", "1s", "; did you mean timeout?")},
		"snake case":    {reason: "as other encoders write it", raw: `{"by_name":{}}`, want: missing("by_name", `{}`, "; did you mean byName?")},
		"another case":  {reason: "JSON's keys match by case", raw: `{"ref":"//a.example/o","Ref":"//b.example/o"}`, want: missing("Ref", "//b.example/o", "; did you mean ref?")},
		"twice":         {reason: "which of them?", raw: `{"ref":"//a.example/o","ref":"//b.example/o"}`, want: lro.InvalidError{Field: "ref", Value: "//b.example/o", Want: "each field once", Problem: "is in a field that is there twice"}},
		"twice in map":  {reason: "which of them?", raw: `{"byName":{"a":1,"a":2}}`, want: lro.InvalidError{Field: "byName.a", Value: `2`, Want: "each field once", Problem: "is in a field that is there twice"}},
		"left out":      {reason: "JSON has no such field", raw: `{"Left":1}`, want: missing("Left", "1", "")},
		"unknown below": {reason: "the path goes before it", path: "request", raw: `{"max":"1s"}`, want: missing("request.max", "1s", "")},
		"in the policy": {reason: "its fields are named", raw: `{"policy":{"maxInterval":1}}`, want: lro.InvalidError{Field: "policy.maxInterval", Value: `1`, Want: "one of initialInterval, coefficient, maximumInterval, maximumEstimate, yieldInterval, ignoreProgress", Problem: "is in a field that does not exist"}},
		"policy moved":  {reason: "by the path to it", path: "a.b", raw: `{"policy":{"initialInterval":7}}`, want: lro.InvalidError{Field: "a.b.policy.initialInterval", Value: `7`, Want: `a duration such as "90s", "0.5s" or "1m30s"`}},
		"dotted key":    {reason: "a key may hold a dot", raw: `{"a.b":{"c":1}}`, want: missing("a.b", `{"c":1}`, "")},
		"quoted key":    {reason: "a key may hold quotes and line breaks", raw: `{"a\"\n":7}`, want: missing("a\"\n", `7`, "")},
		"empty key":     {reason: "the whole is named then", raw: `{"":7}`, want: missing("input", `7`, "")},
		"mismatch":      {reason: "another JSON type", raw: `{"count":"7"}`, want: lro.InvalidError{Field: "count", Value: "7", Want: "a whole number", Problem: "is a string"}},
		"fraction":      {reason: "no integer", raw: `{"count":1.5}`, want: lro.InvalidError{Field: "count", Value: `1.5`, Want: "a whole number", Problem: "is not whole"}},
		"huge":          {reason: "no integer of 64 bits", raw: `{"count":99999999999999999999}`, want: lro.InvalidError{Field: "count", Value: `99999999999999999999`, Want: "a whole number", Problem: "is out of range"}},
		"infinite":      {reason: "no number of 64 bits", raw: `{"byName":{"a":1e999}}`, want: lro.InvalidError{Field: "byName.a", Value: `1e999`, Want: "a number", Problem: "is out of range"}},
		"unquoted":      {reason: "64 bits stand in a string", raw: `{"size":7}`, want: lro.InvalidError{Field: "size", Value: `7`, Want: `a whole number in a string, such as "12"`, Problem: "is a number"}},
		"time":          {reason: "no time", raw: `{"at":"tomorrow"}`, want: lro.InvalidError{Field: "at", Value: `tomorrow`, Want: "a time in RFC 3339, such as 2026-01-02T15:04:05Z"}},
		"no time":       {reason: "of what unit?", raw: `{"at":17}`, want: lro.InvalidError{Field: "at", Value: `17`, Want: "a time in RFC 3339, such as 2026-01-02T15:04:05Z", Problem: "is a number"}},
		"duration":      {reason: "of what unit?", raw: `{"timeout":90}`, want: lro.InvalidError{Field: "timeout", Value: `90`, Want: `a duration such as "90s", "0.5s" or "1m30s"`}},
		"boolean":       {reason: "the path is followed", raw: `{"inner":{"flag":1}}`, want: lro.InvalidError{Field: "inner.flag", Value: `1`, Want: "true or false", Problem: "is a number"}},
		"code":          {reason: "through a pointer as well", raw: `{"deep":{"code":"NOT_FOUND"}}`, want: lro.InvalidError{Field: "deep.code", Value: "NOT_FOUND", Want: "a whole number", Problem: "is a string"}},
		"in a list":     {reason: "the element is named", raw: `{"list":[{"n":1},{"n":true}]}`, want: lro.InvalidError{Field: "list[1].n", Value: `true`, Want: "a whole number", Problem: "is a boolean"}},
		"no list":       {reason: "a list is wanted", raw: `{"list":{"n":1}}`, want: lro.InvalidError{Field: "list", Value: `{"n":1}`, Want: "a list", Problem: "is an object"}},
		"names":         {reason: "the element is named", raw: `{"names":["a",2]}`, want: lro.InvalidError{Field: "names[1]", Value: `2`, Want: "a string", Problem: "is a number"}},
		"ref":           {reason: "what ParseRef says", raw: `{"ref":"o"}`, want: lro.InvalidError{Field: "ref", Value: "o", Want: refForm}},
		"ref in parts":  {reason: "it is one string", raw: `{"ref":{"service":"a.example","name":"o"}}`, want: lro.InvalidError{Field: "ref", Value: `{"service":"a.example","name":"o"}`, Want: "a string, " + refForm, Problem: "is an object"}},
		"ref's number":  {reason: "it is a string", raw: `{"ref":17}`, want: lro.InvalidError{Field: "ref", Value: `17`, Want: "a string, " + refForm, Problem: "is a number"}},
		"ref moved":     {reason: "the path leads to it", raw: `{"list":[{"r":"//a.example/b/../c"}]}`, want: lro.InvalidError{Field: "list[0].r.name", Value: "b/../c"}},
		"array":         {reason: "no object", raw: `[1]`, want: lro.InvalidError{Field: "input", Value: `[1]`, Want: "an object", Problem: "is a list"}},
		"text":          {reason: "no object", raw: `"x"`, want: lro.InvalidError{Field: "input", Value: "x", Want: "an object", Problem: "is a string"}},
		"no JSON":       {reason: "no JSON", raw: `{`, want: lro.InvalidError{Field: "input", Value: `{`, Want: "one JSON value", Problem: "is no JSON: unexpected end of JSON input"}},
		"nothing":       {reason: "no JSON", path: "policy", raw: ``, want: lro.InvalidError{Field: "policy", Want: "one JSON value", Problem: "is empty"}},
		"two values":    {reason: "the second would be lost", raw: `{"count":1}{"count":2}`, want: lro.InvalidError{Field: "input", Value: `{"count":1}{"count":2}`, Want: "one JSON value", Problem: "is no JSON: invalid character '{' after top-level value"}},
		"garbage after": {reason: "cut or glued together", raw: `{"count":1}]`, want: lro.InvalidError{Field: "input", Value: `{"count":1}]`, Want: "one JSON value", Problem: "is no JSON: invalid character ']' after top-level value"}},
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
				for _, word := range []string{"lro.", "lro_test", "float64", "int64", "struct", "Go "} {
					if strings.Contains(err.Error(), word) {
						t.Errorf("%v speaks of Go's types", err)
					}
				}
			}
			if tt.want.Want == "" { // names have their own test
				got.Want, got.Problem = "", ""
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// What is valid is read as encoding/json reads it, and so is what stands beside the
// first that is not.
func TestDecodeKeeps(t *testing.T) {
	t.Parallel()
	const good = `{"ref":"//a.example/o","timeout":"1s","policy":{"coefficient":2,"initialInterval":"3s"},"count":1,"size":"9007199254740993","at":"2026-01-02T03:04:05Z","inner":{"flag":true},"list":[{"n":1},{"n":2}],"names":["a","b"],"byName":{"a":0.5},"deep":{"code":5},"raw":{"any":[1, 2]},"label":"x"}`
	var want strictInput
	if err := json.Unmarshal([]byte(good), &want); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"valid":            good,
		"an unknown first": `{"unknown":{"deep":1},` + good[1:],
		"an unknown last":  good[:len(good)-1] + `,"unknown":[1]}`,
		"another case":     good[:len(good)-1] + `,"Ref":"//b.example/o","COUNT":7,"Raw":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var strict, lenient strictInput
			err := lro.DecodeStrict("", []byte(raw), &strict)
			unknown, invalid := lro.DecodeLenient("", []byte(raw), &lenient)
			if (err == nil) != (name == "valid") || (unknown == nil) != (name == "valid") || invalid != nil {
				t.Errorf("strictly %v, leniently %v and %v", err, unknown, invalid)
			}
			for reading, got := range map[string]strictInput{"strictly": strict, "leniently": lenient} {
				if diff := cmp.Diff(want, got, cmp.AllowUnexported(lro.Duration{}, strictInput{})); diff != "" {
					t.Errorf("%s (-want +got):\n%s", reading, diff)
				}
			}
		})
	}
}

// Between workers an unknown field is told, and its input is to be tried again.
func TestDecodeLenient(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason           string
		raw              string
		unknown, invalid string // fields
	}{
		"known":          {reason: "the same release", raw: `{"count":1}`},
		"unknown":        {reason: "a newer release", raw: `{"newer":1}`, unknown: "newer"},
		"in a list":      {reason: "at every depth", raw: `{"list":[{"n":1,"newer":{}}]}`, unknown: "list[0].newer"},
		"in the policy":  {reason: "at every depth", raw: `{"policy":{"newer":1}}`, unknown: "policy.newer"},
		"below that":     {reason: "what it holds is its own matter", raw: `{"newer":{"count":"x","count":1}}`, unknown: "newer"},
		"invalid":        {reason: "is so in any release", raw: `{"count":"x"}`, invalid: "count"},
		"both":           {reason: "each is told", raw: `{"newer":1,"inner":{"flag":"x"}}`, unknown: "newer", invalid: "inner.flag"},
		"no JSON at all": {reason: "is no release's", raw: `{`, invalid: "input"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v strictInput
			unknown, invalid := lro.DecodeLenient("", []byte(tt.raw), &v)
			checkInvalid(t, unknown, tt.unknown)
			checkInvalid(t, invalid, tt.invalid)
			for final, err := range map[bool]error{false: unknown, true: invalid} {
				if err == nil {
					continue
				}
				refused := activities.NewError(lro.Invalid(lro.Ref{}, err))
				app := (*temporal.ApplicationError)(nil)
				if !errors.As(refused, &app) || app.NonRetryable() != final || app.Type() != string(lro.TypeInvalidInput) {
					t.Errorf("%s: %v, retryable %t", tt.reason, refused, !app.NonRetryable())
				}
			}
		})
	}
}

func FuzzDecodeInput(f *testing.F) {
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
		var lenient strictInput
		unknown, refused := lro.DecodeLenient(path, raw, &lenient)
		if diff := cmp.Diff(v, lenient, cmp.AllowUnexported(lro.Duration{}, strictInput{})); diff != "" {
			t.Errorf("%q is read differently between workers:\n%s", raw, diff)
		}
		if unknown == nil && (refused == nil || refused.Error() != err.Error()) {
			t.Errorf("%q: %v, and between workers %v", raw, err, refused)
		}
	})
}
