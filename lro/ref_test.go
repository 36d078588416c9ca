package lro_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

func ExampleParseRef() {
	ref, err := lro.ParseRef("//spanner.googleapis.com/projects/p/instances/i/operations/o")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ref.Service)
	fmt.Println(ref.Name)
	fmt.Println(ref.Collection())
	_, err = lro.ParseRef("//spanner.googleapis.com/projects/p/instances/i")
	fmt.Println(err)
	_, err = lro.ParseRef("https://spanner.googleapis.com/v1/projects/p/operations/o")
	fmt.Println(err)
	// Output:
	// spanner.googleapis.com
	// projects/p/instances/i/operations/o
	// //spanner.googleapis.com/projects/p/instances/i/operations
	// ref.name: "projects/p/instances/i" names no operation of spanner.googleapis.com; want an operation's name, such as projects/p/instances/i/operations/OPERATION
	// ref: "https://spanner.googleapis.com/v1/projects/p/operations/o"; want //SERVICE/NAME, for example //spanner.googleapis.com/projects/p/instances/i/operations/o
}

func TestParseRef(t *testing.T) {
	t.Parallel()
	long := "operations/" + strings.Repeat("a", lro.MaxNameLength-len("operations/"))
	tests := map[string]struct {
		reason string
		text   string
		want   lro.Ref
		field  string // of the InvalidError
	}{
		"spanner":         {reason: "the usual shape", text: "//spanner.googleapis.com/projects/p/instances/i/operations/o", want: lro.Ref{Service: "spanner.googleapis.com", Name: "projects/p/instances/i/operations/o"}},
		"regional":        {reason: "a regional endpoint is a service of its own", text: "//spanner.me-central2.rep.googleapis.com/projects/p/instances/i/operations/o", want: lro.Ref{Service: "spanner.me-central2.rep.googleapis.com", Name: "projects/p/instances/i/operations/o"}},
		"base64":          {reason: "some names are base64", text: "//a.example/operations/ab+c=_-~.", want: lro.Ref{Service: "a.example", Name: "operations/ab+c=_-~."}},
		"one segment":     {reason: "of a service that is not known, a name has a segment operations", text: "//a.example/o", field: "ref.name"},
		"domain project":  {reason: "a domain-scoped project has a colon", text: "//a.example/projects/example.com:p/operations/o", want: lro.Ref{Service: "a.example", Name: "projects/example.com:p/operations/o"}},
		"letters":         {reason: "Temporal's gRPC headers hold the workflow's id, and ASCII only", text: "//a.example/operations/ünï", field: "ref.name"},
		"longest":         {reason: "at the limit", text: "//a.example/" + long, want: lro.Ref{Service: "a.example", Name: long}},
		"numbers at end":  {reason: "a colon and a number is no verb", text: "//a.example/operations/o:1", want: lro.Ref{Service: "a.example", Name: "operations/o:1"}},
		"empty":           {reason: "names nothing", text: "", field: "ref"},
		"bare name":       {reason: "which service?", text: "projects/p/operations/o", field: "ref"},
		"url":             {reason: "a URL would carry credentials to where it says", text: "https://a.example/operations/o", field: "ref"},
		"no name":         {reason: "a service on its own", text: "//a.example", field: "ref"},
		"empty name":      {reason: "a service on its own", text: "//a.example/", field: "ref.name"},
		"empty service":   {reason: "a name on its own", text: "///operations/o", field: "ref.service"},
		"upper case":      {reason: "one service has one spelling", text: "//A.example/operations/o", field: "ref.service"},
		"port":            {reason: "an endpoint is no service", text: "//a.example:443/operations/o", field: "ref.service"},
		"user":            {reason: "nor are credentials", text: "//me@a.example/operations/o", field: "ref.service"},
		"bare host":       {reason: "localhost is nobody's API", text: "//localhost/operations/o", field: "ref.service"},
		"address":         {reason: "an address is no service: this one is the metadata server's", text: "//169.254.169.254/operations/o", field: "ref.service"},
		"end dot":         {reason: "one service has one spelling", text: "//a.example./operations/o", field: "ref.service"},
		"hyphen":          {reason: "no DNS label starts so", text: "//-a.example/operations/o", field: "ref.service"},
		"line break":      {reason: "$ does not match before a final one", text: "//a.example\n/operations/o", field: "ref.service"},
		"long service":    {reason: "no DNS name is longer than 253", text: "//" + strings.Repeat("a.", 126) + "ab/o", field: "ref.service"},
		"nested url":      {reason: "a URL in place of a name", text: "//a.example/https://b.example/o", field: "ref.name"},
		"leading slash":   {reason: "an empty segment", text: "//a.example//operations/o", field: "ref.name"},
		"trailing slash":  {reason: "an empty segment", text: "//a.example/operations/", field: "ref.name"},
		"empty segment":   {reason: "paths are cleaned by some proxies", text: "//a.example/operations//o", field: "ref.name"},
		"dots":            {reason: "another resource", text: "//a.example/operations/../o", field: "ref.name"},
		"dot":             {reason: "paths are cleaned by some proxies", text: "//a.example/operations/./o", field: "ref.name"},
		"verb":            {reason: "another method", text: "//a.example/operations/o:cancel", field: "ref.name"},
		"query":           {reason: "another request", text: "//a.example/operations/o?alt=media", field: "ref.name"},
		"fragment":        {reason: "cut off by URL parsers", text: "//a.example/operations/o#f", field: "ref.name"},
		"escape":          {reason: "decoded by some servers", text: "//a.example/operations/%2e%2e", field: "ref.name"},
		"backslash":       {reason: "a slash to some servers", text: `//a.example/operations\o`, field: "ref.name"},
		"space":           {reason: "no name has one", text: "//a.example/operations/o o", field: "ref.name"},
		"control":         {reason: "splits a header or a log line", text: "//a.example/operations/o\r\nX: y", field: "ref.name"},
		"invisible":       {reason: "two names that look alike", text: "//a.example/operations/o\u200b", field: "ref.name"},
		"bad UTF-8":       {reason: "does not survive JSON", text: "//a.example/operations/\xff", field: "ref.name"},
		"one byte longer": {reason: "over the limit", text: "//a.example/" + long + "a", field: "ref.name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := lro.ParseRef(tt.text)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s: ParseRef (-want +got):\n%s", tt.reason, diff)
			}
			checkInvalid(t, err, tt.field)
			if err == nil && got.String() != tt.text {
				t.Errorf("String() = %q, want %q", got, tt.text)
			}
		})
	}
}

// checkInvalid wants an InvalidError for the field, or no error for "".
func checkInvalid(t *testing.T, err error, field string) {
	t.Helper()
	var invalid *lro.InvalidError
	switch {
	case field == "" && err == nil:
	case !errors.As(err, &invalid):
		t.Errorf("error %v, want an InvalidError for %q", err, field)
	case invalid.Field != field:
		t.Errorf("error %v is for field %q, want %q", err, invalid.Field, field)
	default:
		checkLine(t, err.Error())
	}
}

// checkLine wants a text that can stand in a message.
func checkLine(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsAny(text, "\r\n\x00\x1b\u2028") || !utf8.ValidString(text) || len(text) > 5<<10 {
		t.Errorf("not one clean line: %d bytes: %.300q", len(text), text)
	}
}

func TestRefJSON(t *testing.T) {
	t.Parallel()
	type holder struct {
		Ref lro.Ref `json:"ref,omitzero"`
	}
	tests := map[string]struct {
		reason string
		raw    string
		want   lro.Ref
		back   string
		bad    bool
	}{
		"absent": {reason: "the zero Ref", raw: `{}`, back: `{}`},
		"null":   {reason: "null is absent", raw: `{"ref":null}`, back: `{}`},
		"empty":  {reason: "as other SDKs write a zero value", raw: `{"ref":""}`, back: `{}`},
		"text":   {reason: "the text form", raw: `{"ref":"//a.example/operations/o"}`, want: lro.Ref{Service: "a.example", Name: "operations/o"}, back: `{"ref":"//a.example/operations/o"}`},
		"other":  {reason: "a name that another release lets in is read; Validate refuses it", raw: `{"ref":"//a.example/o"}`, want: lro.Ref{Service: "a.example", Name: "o"}, back: `{"ref":"//a.example/o"}`},
		"object": {reason: "Go's fields are not the contract", raw: `{"ref":{"Service":"a.example","Name":"o"}}`, bad: true},
		"number": {reason: "not text", raw: `{"ref":7}`, bad: true},
		"verb":   {reason: "no full resource name", raw: `{"ref":"//a.example/o:cancel"}`, bad: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got holder
			err := json.Unmarshal([]byte(tt.raw), &got)
			if (err != nil) != tt.bad {
				t.Fatalf("%s: error %v", tt.reason, err)
			}
			if diff := cmp.Diff(tt.want, got.Ref); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if back := compacted(t, got); !tt.bad && back != tt.back {
				t.Errorf("written back as %s, want %s", back, tt.back)
			}
		})
	}
}

func TestCollection(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		ref    lro.Ref
		want   string
	}{
		"zero":        {reason: "names nothing"},
		"nested":      {reason: "up to the last segment", ref: lro.Ref{Service: "a.example", Name: "projects/p/operations/o"}, want: "//a.example/projects/p/operations"},
		"one segment": {reason: "it is in no collection", ref: lro.Ref{Service: "a.example", Name: "o"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.ref.Collection().String(); got != tt.want {
				t.Errorf("%s: Collection() = %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

func FuzzParseRef(f *testing.F) {
	for _, seed := range []string{
		"//spanner.googleapis.com/projects/p/instances/i/operations/o", "//a.example/o:cancel", "//a.example/a/../b",
		"https://a.example/o", "", "//", "///", "//a.example/\xff", "//a.example/%2f", "//a.example/o\n", "//1.2.3.4/o",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := lro.ParseRef(text)
		if err != nil {
			var invalid *lro.InvalidError
			if !errors.As(err, &invalid) || !ref.IsZero() {
				t.Errorf("ParseRef(%q) = %+v, %v", text, ref, err)
			}
			checkLine(t, err.Error())
			return
		}
		if ref.String() != text || ref.Validate() != nil {
			t.Errorf("ParseRef(%q) = %+v, %v", text, ref, ref.Validate())
		}
		if strings.ContainsAny(strings.ReplaceAll(text, "%2F", ""), "?#%\\ \n") || strings.Contains(text, "/../") || strings.Contains(text[2:], "//") {
			t.Errorf("ParseRef(%q) let it through", text)
		}
		raw, err := json.Marshal(ref)
		var back lro.Ref
		if err != nil || json.Unmarshal(raw, &back) != nil || back != ref {
			t.Errorf("%q became %+v in JSON: %v", text, back, err)
		}
	})
}
