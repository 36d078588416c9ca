package lro

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestObject(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reason, raw string
		want        map[string]string
		says        string // of the error
	}{
		"values":   {"each kind, to its end", ` { "a" : -1.5e3 ,"b":"x\"},", "c":[1,{"d":"]"}] ,"e":{"f":{}},"g":true,"h":null } `, map[string]string{"a": "-1.5e3", "b": `"x\"},"`, "c": `[1,{"d":"]"}]`, "e": `{"f":{}}`, "g": "true", "h": "null"}, ""},
		"keys":     {"escapes are read", `{"a\u0062\"":1}`, map[string]string{`ab"`: "1"}, ""},
		"twice":    {"the last one counts, as in encoding/json", `{"a":1,"a":2}`, map[string]string{"a": "2"}, ""},
		"empty":    {"no keys", `{ }`, map[string]string{}, ""},
		"null":     {"no object, and no error", ` null`, nil, ""},
		"array":    {"it names what it found", `[1]`, nil, `begins with "["`},
		"string":   {"of which the first characters", `"` + strings.Repeat("x", 50) + `"`, nil, `begins with "` + strings.Repeat("x", 20) + `"`},
		"number":   {"whole", `17`, nil, `begins with "17"`},
		"cut":      {"no JSON", `{"a":1`, nil, "unexpected end"},
		"nothing":  {"no JSON", ``, nil, "unexpected end"},
		"too many": {"they are counted", "{" + strings.Repeat(`"a":1,`, maxElements) + `"b":1}`, nil, "over 10000 fields"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields, err := object([]byte(tt.raw))
			if tt.says != "" {
				if err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("%s: %v, want %q", tt.reason, err, tt.says)
				}
				return
			}
			var got map[string]string
			if fields != nil {
				got = map[string]string{}
			}
			for key, value := range fields {
				got[key] = string(value)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", tt.reason, err, diff)
			}
		})
	}
}

// FuzzScan compares with encoding/json, which copies each value.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":[{},"\\\"",null]}`, `[1,"]",{"x":"}"} ]`, `{"\u0000":-0.1e+5}`, `null`, `"\ud800"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var wantFields map[string]json.RawMessage
		fields, err := object(raw)
		if want := json.Unmarshal(raw, &wantFields); (err == nil) != (want == nil) && len(wantFields) <= maxElements {
			t.Fatalf("object(%q): %v, want %v", raw, err, want)
		} else if err == nil && cmp.Diff(wantFields, fields) != "" {
			t.Fatalf("object(%q): %s", raw, cmp.Diff(wantFields, fields))
		}
		var wantElements []json.RawMessage
		all, err := elements(raw)
		if want := json.Unmarshal(raw, &wantElements); (err == nil) != (want == nil) && len(wantElements) <= maxElements {
			t.Fatalf("elements(%q): %v, want %v", raw, err, want)
		} else if err == nil && len(all)+len(wantElements) > 0 && cmp.Diff(wantElements, all) != "" {
			t.Fatalf("elements(%q): %s", raw, cmp.Diff(wantElements, all))
		}
	})
}
