package lro_test

import (
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

func TestInvalidError(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		err    lro.InvalidError
		want   string
	}{
		"wanted":     {reason: "field, value, what would be valid", err: lro.InvalidError{Field: "timeout", Value: "-1s", Want: "more"}, want: `timeout: "-1s"; want more`},
		"problem":    {reason: "and what is wrong", err: lro.InvalidError{Field: "timeout", Value: "-1s", Want: "more", Problem: "is below 0"}, want: `timeout: "-1s" is below 0; want more`},
		"empty":      {reason: "an absent value shows as one", err: lro.InvalidError{Field: "ref.name", Want: "a name"}, want: `ref.name: ""; want a name`},
		"line break": {reason: "one line, whoever sent it", err: lro.InvalidError{Field: "a\r\nb\x1b[2J", Value: "c\nd\x00", Want: "x\ny", Problem: "p\u2028q"}, want: "a b\uFFFD[2J: \"c\\nd\\x00\" p q; want x y"},
		"bad UTF-8":  {reason: "Temporal sends valid text only", err: lro.InvalidError{Field: "a\xff", Value: "\xff", Want: "x"}, want: "a\uFFFD: \"\\xff\"; want x"},
		"huge":       {reason: "cut to what helps", err: lro.InvalidError{Field: strings.Repeat("f", 1<<20), Value: strings.Repeat("v", 1<<20), Problem: strings.Repeat("p", 1<<20), Want: "w"}, want: strings.Repeat("f", 200) + `...: "` + strings.Repeat("v", 200) + `..." ` + strings.Repeat("p", 200) + "...; want w"},
		"characters": {reason: "cut between characters, not within", err: lro.InvalidError{Field: "f", Value: "v" + strings.Repeat("é", 100), Want: "w"}, want: `f: "v` + strings.Repeat("é", 99) + `..."; want w`},
		"quadruple":  {reason: "even if every byte is escaped the wanted is seen", err: lro.InvalidError{Field: "f", Value: strings.Repeat("\x00", 999), Want: "w"}, want: `f: "` + strings.Repeat(`\x00`, 200) + `..."; want w`},
		"no start":   {reason: "bytes that start no character are no text", err: lro.InvalidError{Field: "f", Value: strings.Repeat("\x80", 999), Want: "w"}, want: `f: "..."; want w`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("%s:\n got %q\nwant %q", tt.reason, got, tt.want)
			}
			checkLine(t, tt.err.Error())
		})
	}
}
