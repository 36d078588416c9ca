package filter_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/testsuite/internal/filter"
)

const restoreType = "type.googleapis.com/google.spanner.admin.database.v1.RestoreDatabaseMetadata"

// operations are one that runs, one that failed and one that has restored.
var operations = []struct{ name, body string }{
	{"restored", `{"name":"d/operations/restored","done":true,"response":{"@type":"E"},"metadata":{"@type":"` + restoreType + `","sourceType":"BACKUP",` +
		`"backupInfo":{"backup":"projects/p/instances/i/backups/howl"},"note":"a \"b\" (c)","progress":{"progressPercent":100,"startTime":"2026-03-01T13:00:00Z"}}}`},
	{"failed", `{"name":"d/operations/failed","done":true,"error":{"code":10},"metadata":{"@type":"U","progress":{"progressPercent":50,"startTime":"2026-03-01T13:00:00Z"}}}`},
	{"running", `{"name":"d/operations/running","metadata":{"@type":"U","progress":{"progressPercent":25,"startTime":"2026-03-01T12:00:00Z"}}}`},
}

// found returns the operations that a filter finds, or the error.
func found(text string, eligible filter.Fields) string {
	f, err := filter.Parse(text, eligible)
	if err != nil {
		return "error: " + err.Error()
	}
	var names []string
	for _, op := range operations {
		if f.Matches(json.RawMessage(op.body)) {
			names = append(names, op.name)
		}
	}
	return strings.Join(names, " ")
}

func TestFilter(t *testing.T) {
	t.Parallel()
	const restore = "metadata.@type:" + restoreType
	const anyType = "metadata.@type:* AND "
	rows := map[string]struct {
		reason, filter, want string
	}{
		"empty":                {"no filter is every operation", "  ", "restored failed running"},
		"done":                 {"a boolean", "done:true", "restored failed"},
		"not done":             {"absent is false", "done:false", "running"},
		"done =":               {"the same by equality", "done=true", "restored failed"},
		"not done !=":          {"the same by inequality", "done!=true", "running"},
		"name":                 {"contains", "name:est", "restored"},
		"case of a value":      {"does not matter", "name:EST", "restored"},
		"case of a name":       {"does not matter", "DONE:true NAME:est", "restored"},
		"type":                 {"a value with colons, dots and slashes", restore, "restored"},
		"type in parentheses":  {"as Spanner documents it", "(" + restore + ") AND (name:d/operations)", "restored"},
		"presence":             {"a star", "error:*", "failed"},
		"below the error":      {"a field of it", "error.code=10", "failed"},
		"NOT":                  {"negates", "NOT error:*", "restored running"},
		"minus":                {"negates as well", "-error:*", "restored running"},
		"minus a parenthesis":  {"negates all of it", "-(error:* OR done:false)", "restored"},
		"minus in a value":     {"is text", "name:-", ""},
		"negated term":         {"NOT binds tighter than OR", "NOT done:true OR error:*", "failed running"},
		"or":                   {"either", "error:* OR done:false", "failed running"},
		"juxtaposition":        {"is AND", "(done:true) (error:*)", "failed"},
		"OR before AND":        {"OR binds tighter: done AND (done OR error)", "done:false OR done:true AND error:*", "failed"},
		"AND after OR":         {"on either side: error AND (not done OR done)", "error:* AND done:false OR done:true", "failed"},
		"OR and juxtaposition": {"which is an AND: OR binds tighter", "error:* done:false OR done:true", "failed"},
		"parentheses":          {"bind before both", "(done:false) OR (done:true AND error:*)", "failed running"},
		"lower case":           {"of the words", "(done:false or done:true) and not error:*", "restored running"},
		"snake case":           {"field names as in the proto", anyType + "metadata.source_type=BACKUP", "restored"},
		"deep":                 {"a field of a field", anyType + "metadata.backup_info.backup:howl", "restored"},
		"number":               {"compared as one", anyType + "metadata.progress.progress_percent<100", "failed running"},
		"number >=":            {"compared as one", anyType + "metadata.progress.progress_percent>=100.0", "restored"},
		"time":                 {"compared as one, with a zone", anyType + `metadata.progress.start_time < "2026-03-01T12:30:00+00:00"`, "running"},
		"time >":               {"compared as one", anyType + `metadata.progress.start_time > "2026-03-01T12:30:00Z"`, "restored failed"},
		"time <=":              {"compared as one", anyType + `metadata.progress.start_time <= 2026-03-01T12:00:00Z`, "running"},
		"quoted":               {"with quotes and parentheses inside", anyType + `metadata.note = "a \"b\" (c)"`, "restored"},
		"absent":               {"is less than nothing", anyType + "metadata.nothing < 1 OR metadata.nothing > 1", ""},
		"whole object":         {"as its JSON", anyType + `metadata.backupInfo:"howl"`, "restored"},
		"open quote":           {"is text like any other", `name:"`, ""},
		"response":             {"of those that have one", "response.@type:*", "restored"},

		"error: no value":      {"refused", "done:", `error: filter "done:": want FIELD OPERATOR VALUE near "done:"`},
		"error: no operator":   {"refused", "done true", `error: filter "done true": want FIELD OPERATOR VALUE near "donetrue"`},
		"error: open":          {"refused", "(done:true", `error: filter "(done:true": a parenthesis is not closed`},
		"error: closed":        {"refused", "done:true)", `error: filter "done:true)": ")" is unexpected`},
		"error: dangling":      {"refused", "done:true AND", `error: filter "done:true AND": want FIELD OPERATOR VALUE near ""`},
		"error: dangling OR":   {"refused", "done:true OR", `error: filter "done:true OR": want FIELD OPERATOR VALUE near ""`},
		"error: lone":          {"refused", "!", `error: filter "!": want FIELD OPERATOR VALUE near "!"`},
		"error: unknown":       {"no field of an operation", "state:READY", `error: filter "state:READY": "state" cannot be filtered by, want one of [name done error error. metadata. response.]`},
		"error: the whole":     {"metadata has no value of its own", "metadata:*", `error: filter "metadata:*": "metadata" cannot be filtered by, want one of [name done error error. metadata. response.]`},
		"error: below a text":  {"the name has no fields", "name.x:y", `error: filter "name.x:y": "name.x" cannot be filtered by, want one of [name done error error. metadata. response.]`},
		"error: type is later": {"it must come first", "metadata.source_type=BACKUP AND " + restore, `error: filter "metadata.source_type=BACKUP AND ` + restore + `": "metadata.source_type" must come after metadata.@type`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(row.want, found(row.filter, filter.Operations)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", row.filter, row.reason, diff)
			}
		})
	}
}

// A list of resources takes the filters that its method's reference names.
func TestFieldsOfResources(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		eligible filter.Fields
		filter   string
		want     string
	}{
		"label":     {"by its key", filter.Fields{"labels."}, "labels.env:*", ""},
		"snake":     {"as in the reference", filter.Fields{"displayName"}, "display_name:x", ""},
		"camel":     {"as in JSON", filter.Fields{"displayName"}, "displayName:x", ""},
		"no filter": {"a method that has none refuses each", nil, "name:x", `error: filter "name:x": this list takes no filter`},
		"empty":     {"which is none", nil, "", "restored failed running"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(row.want, found(row.filter, row.eligible)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", row.filter, row.reason, diff)
			}
		})
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"", "done:true", `(name = "c") AND NOT done:* OR (error<1)`, `"`, `name:"\`, "((((", "name=b)c", "-(-", "--done:true"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := filter.Parse(text, filter.Operations)
		if (err != nil) && parsed != nil {
			t.Errorf("filter %q: %v, and a filter", text, err)
		}
		for _, op := range operations {
			parsed.Matches(json.RawMessage(op.body)) // does not panic
		}
	})
}
