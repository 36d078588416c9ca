package lro_test

import (
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/code"

	"github.com/awaitop/awaitop/lro"
)

func TestCodesAreGoogles(t *testing.T) {
	t.Parallel()
	for number, name := range code.Code_name {
		c := lro.Code(number)
		if c.String() != name {
			t.Errorf("Code(%d).String() = %q, want %q", number, c, name)
		}
		for _, spelling := range []string{name, strings.ToLower(name)} {
			if got, err := lro.ParseCode(spelling); got != c || err != nil {
				t.Errorf("ParseCode(%q) = %v, %v", spelling, got, err)
			}
		}
		if raw, err := json.Marshal(c); err != nil || strings.Trim(string(raw), "0123456789") != "" {
			t.Errorf("%v is %s in JSON, want its number", c, raw)
		}
	}
}

func TestParseCode(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		name   string
		want   lro.Code
		bad    bool
	}{
		"one l":  {reason: "both spellings are read", name: "canceled", want: lro.CodeCanceled},
		"two ls": {reason: "google.rpc's own", name: "Cancelled", want: lro.CodeCanceled},
		"number": {reason: "a name is wanted", name: "9", want: lro.CodeUnknown, bad: true},
		"empty":  {reason: "no name", name: "", want: lro.CodeUnknown, bad: true},
		"huge":   {reason: "the error does not grow with it", name: strings.Repeat("\n", 1<<20), want: lro.CodeUnknown, bad: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := lro.ParseCode(tt.name)
			if got != tt.want || (err != nil) != tt.bad {
				t.Errorf("%s: ParseCode = %v, %v", tt.reason, got, err)
			}
			if err != nil {
				checkLine(t, err.Error())
			}
		})
	}
}

func TestUndefinedCode(t *testing.T) {
	t.Parallel()
	for _, number := range []lro.Code{-1, 17, 1 << 30} {
		if got := number.String(); got != "UNKNOWN" {
			t.Errorf("Code(%d).String() = %q, want UNKNOWN", int32(number), got)
		}
	}
}
