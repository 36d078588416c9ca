package awaitop_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/awaitop/awaitop/internal/gosource"
)

// jsonPage is the page for callers in other SDKs.
const jsonPage = "docs/json.md"

func readJSONPage(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(jsonPage)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// details is an example of a failure on the page.
var details = regexp.MustCompile("(?s)Details of `([^`]+)`:\n\n```json\n(.*?)```")

// The page has an example of each type of failure, and each example is a golden file's.
func TestJSONPageFailures(t *testing.T) {
	t.Parallel()
	page := readJSONPage(t)
	golden := goldenFailures(t)
	shown := map[string]bool{}
	for _, found := range details.FindAllStringSubmatch(page, -1) {
		errorType, example := found[1], decoded(t, found[2])
		if !slices.ContainsFunc(golden[errorType], func(of any) bool { return reflect.DeepEqual(of, example) }) {
			t.Errorf("the details of %s are those of no golden file", errorType)
		}
		name, _, _ := strings.Cut(errorType, ".")
		shown[name] = true
	}
	for _, failure := range (constants{t, gosource.NewModule(".")}).values("lro", "FailureType") {
		if !shown[failure] || !strings.Contains(page, "\n### "+failure+"\n") {
			t.Errorf("%s shows no details of %s, below a heading of its own", jsonPage, failure)
		}
	}
}

// goldenFailures are the details of the golden files of failures, by the type of the error.
func goldenFailures(t *testing.T) map[string][]any {
	t.Helper()
	files, err := filepath.Glob("lro/testdata/failure_*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no golden files of failures: %v", err)
	}
	found := map[string][]any{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		failure := decoded(t, string(raw)).(map[string]any)
		errorType := failure["type"].(string)
		found[errorType] = append(found[errorType], failure["details"])
	}
	return found
}

// decoded is JSON with its numbers as they are written.
func decoded(t *testing.T, text string) (value any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return value
}

// The Outcome on the page is the golden file's.
func TestJSONPageOutcome(t *testing.T) {
	t.Parallel()
	_, after, _ := strings.Cut(readJSONPage(t), "The result is an *Outcome*:\n\n```json\n")
	block, _, found := strings.Cut(after, "```")
	raw, err := os.ReadFile("lro/testdata/outcome.json")
	if err != nil || !found {
		t.Fatalf("no Outcome on the page, or no golden file: %v", err)
	}
	if !reflect.DeepEqual(decoded(t, block), decoded(t, string(raw))) {
		t.Error("the Outcome differs from lro/testdata/outcome.json")
	}
}

// Each table of fields has a row for each field of a definition of the contract, in any order, and no other.
func TestJSONPageFields(t *testing.T) {
	t.Parallel()
	page := readJSONPage(t)
	for head, definition := range jsonPageTables {
		_, after, found := strings.Cut(page, "\n| "+head+" |")
		if !found {
			t.Errorf("there is no table of %s", head)
			continue
		}
		table, _, _ := strings.Cut(after, "\n\n")
		var rows []string
		for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|").FindAllStringSubmatch(table, -1) {
			for name := range strings.SplitSeq(row[1], ", ") {
				rows = append(rows, strings.Trim(name, "`"))
			}
		}
		slices.Sort(rows)
		if fields := contractFields(t, definition); !slices.Equal(rows, fields) {
			t.Errorf("the table of %s has %q, the contract has %q", head, rows, fields)
		}
	}
}

// jsonPageTables are the definitions by the heads of their tables.
var jsonPageTables = map[string]string{
	"field | what it says":                "AwaitInput", // the first of that head
	"field of `policy` | what it says":    "PollPolicy",
	"field of the Outcome | what it says": "Outcome",
}

// The page names each query and update.
func TestJSONPageMessages(t *testing.T) {
	t.Parallel()
	page := readJSONPage(t)
	for _, service := range []string{"AwaitopWorkflows", "AwaitopUpdates", "AwaitopQueries"} {
		operations := at(t, contractDocument(t), "services", service, "operations")
		for _, key := range slices.Sorted(maps.Keys(operations)) {
			if name := operations[key].(map[string]any)["fqn"].(string); !strings.Contains(page, "`"+name+"`") {
				t.Errorf("%s does not name %s", jsonPage, name)
			}
		}
	}
}

// contractFields are the fields of a definition, sorted.
func contractFields(t *testing.T, definition string) []string {
	t.Helper()
	return slices.Sorted(maps.Keys(at(t, contractDocument(t), "$defs", definition, "properties")))
}

func contractDocument(t *testing.T) (document map[string]any) {
	t.Helper()
	raw, err := os.ReadFile("contract/awaitop.nexusrpc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

// at is the object at a path.
func at(t *testing.T, object map[string]any, path ...string) map[string]any {
	t.Helper()
	for _, key := range path {
		inner, ok := object[key].(map[string]any)
		if !ok {
			t.Fatalf("the contract has no %s", strings.Join(path, "."))
		}
		object = inner
	}
	return object
}
