package contract_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/examples/internal/contract"
)

const root = "../../.."

const file = root + "/contract/awaitop.nexusrpc.yaml"

func document(t *testing.T) *contract.Document {
	t.Helper()
	d, err := contract.ReadExact(file)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// definitions are the definitions of the golden files. Those of failures are ApplicationErrors whose details are a
// Failure.
var definitions = map[string]string{
	"lro/operation":       "Operation",
	"lro/operation_bound": "Operation",
	"lro/outcome":         "Outcome",
	"lro/outcome_minimal": "Outcome",
	"lro/policy":          "PollPolicy",
	"lro/policy_default":  "PollPolicy",
	"lro/status":          "Status",
	"lro/ref":             "AwaitInput/properties/ref",

	"activities/cancel_input":    "CancelInput",
	"activities/cancel_output":   "CancelOutput",
	"activities/delete_output":   "DeleteOutput",
	"activities/heartbeat":       "Heartbeat",
	"activities/list_input":      "ListRequest",
	"activities/list_output":     "Page",
	"activities/operation_input": "OperationInput",
	"activities/poll_input":      "PollInput",
	"activities/poll_output":     "PollOutput",
	"activities/undo_heartbeat":  "UndoHeartbeat",

	"activities/orphans/find_input":    "SweepFindInput",
	"activities/orphans/find_output":   "SweepFindOutput",
	"activities/orphans/left_input":    "SweepLeftInput",
	"activities/orphans/left_output":   "SweepLeftOutput",
	"activities/orphans/owners_input":  "SweepOwnersInput",
	"activities/orphans/owners_output": "SweepOwnersOutput",
	"activities/orphans/policy":        "SweepPolicy",

	"activities/starters/check_input":     "CheckInput",
	"activities/starters/check_output":    "CheckOutput",
	"activities/starters/remove_input":    "RemoveInput",
	"activities/starters/remove_output":   "RemoveOutput",
	"activities/starters/resource_input":  "ResourceInput",
	"activities/starters/resource_output": "ResourceOutput",
	"activities/starters/start_again":     "StartOutput",
	"activities/starters/start_left":      "StartOutput",
	"activities/starters/start_input":     "StartInput",
	"activities/starters/start_output":    "StartOutput",

	"internal/sets/cancel_set_heartbeat": "SetCancelHeartbeat",
	"internal/sets/cancel_set_input":     "SetCancelInput",
	"internal/sets/cancel_set_output":    "SetCancelOutput",
	"internal/sets/poll_set_input":       "SetPollInput",
	"internal/sets/poll_set_output":      "SetPollOutput",
	"internal/sets/read_set_input":       "SetReadInput",
	"internal/sets/read_set_output":      "SetReadOutput",
	"internal/sets/set_heartbeat":        "SetPollHeartbeat",

	"workflows/all_outcome":           "AllOutcome",
	"workflows/all_summary":           "AllSummary",
	"workflows/await_all_input_full":  "AwaitAllInput",
	"workflows/await_all_input_plain": "AwaitAllInput",
	"workflows/await_input_full":      "AwaitInputByWorker", // it has a resume
	"workflows/await_input_plain":     "AwaitInput",
	"workflows/observed":              "Observed",
	"workflows/set_deadline_input":    "SetDeadlineInput",
	"workflows/set_policy_input":      "SetPolicyInput",
	"workflows/stop_input":            "StopInput",
	"workflows/sweep_input":           "SweepInputByWorker", // it has a resume
	"workflows/sweep_report":          "SweepReport",
	"workflows/undoing":               "Undoing",
	"workflows/wait_status":           "WaitStatus",
	"workflows/run_input":             "RunInput",
	"workflows/canceled_run":          "CanceledRun",
	"workflows/run_outcome":           "RunOutcome",
	"workflows/run_status":            "RunStatus",
	"workflows/undo_input":            "UndoInput",
	"workflows/undo_outcome":          "UndoOutcome",

	"control/status": "DescribedStatus",

	"nexusservice/caller":             "NexusCaller",
	"nexusservice/get_input":          "NexusGetInput",
	"nexusservice/list_input":         "NexusListInput",
	"nexusservice/poll_now_input":     "NexusPollNowInput",
	"nexusservice/set_deadline_input": "NexusSetDeadlineInput",
	"nexusservice/set_policy_input":   "NexusSetPolicyInput",
	"nexusservice/steer_output":       "NexusSteerOutput",
	"nexusservice/stop_input":         "NexusStopInput",
}

// folders are those with golden files of payloads.
var folders = []string{"lro", "activities", "activities/orphans", "activities/starters", "internal/sets", "workflows", "control", "nexusservice"}

// Every golden file fits its definition. Each needs a row.
func TestGoldenFiles(t *testing.T) {
	t.Parallel()
	d := document(t)
	seen := map[string]bool{}
	for _, name := range released(t) {
		seen[name] = true
	}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(root, folder, "testdata", "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no golden files: %v", folder, err)
		}
		for _, path := range files {
			name := folder + "/" + strings.TrimSuffix(filepath.Base(path), ".json")
			seen[name] = true
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				raw, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				validateGolden(t, d, name, raw)
			})
		}
	}
	for name := range definitions {
		if !seen[name] {
			t.Errorf("there is no golden file %s: remove its row", name)
		}
	}
}

// The payloads of each release fit today's definitions.
func TestReleasedPayloads(t *testing.T) {
	t.Parallel()
	d := document(t)
	for path, name := range released(t) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			validateGolden(t, d, name, raw)
		})
	}
}

// released are the golden files of the releases, and their names without the release.
func released(t *testing.T) map[string]string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(root, "contract/releases/*/payloads"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no release has golden files: %v", err)
	}
	all := map[string]string{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				var name string
				name, err = filepath.Rel(folder, strings.TrimSuffix(path, ".json"))
				all[path] = filepath.ToSlash(name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func validateGolden(t *testing.T, d *contract.Document, name string, raw []byte) {
	t.Helper()
	if strings.HasPrefix(name, "lro/failure_") {
		validateFailure(t, d, raw)
		return
	}
	definition, ok := definitions[name]
	if !ok {
		t.Fatal("it has no row: say which definition it is of")
	}
	for _, payload := range goldenPayloads(t, name, raw) {
		if err := d.Validate(contract.Definition(definition), payload); err != nil {
			t.Error(err)
		}
	}
}

// goldenPayloads are those of a golden file: itself, or each of its fields alone where a payload has one of them.
func goldenPayloads(t *testing.T, name string, raw []byte) (all [][]byte) {
	t.Helper()
	if name != "workflows/set_deadline_input" {
		return [][]byte{raw}
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	for key, value := range fields {
		alone, err := json.Marshal(map[string]json.RawMessage{key: value})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, alone)
	}
	return all
}

// validateFailure validates an ApplicationError.
func validateFailure(t *testing.T, d *contract.Document, raw []byte) {
	t.Helper()
	var failure struct {
		Type    string          `json:"type"`
		Details json.RawMessage `json:"details"`
	}
	if err := json.Unmarshal(raw, &failure); err != nil {
		t.Fatal(err)
	}
	places, ok := d.Details(failure.Type)
	if !ok || !slices.Equal(places, []string{contract.Definition("Failure")}) {
		t.Fatalf("the details of %s are %q", failure.Type, places)
	}
	if err := d.Validate(places[0], failure.Details); err != nil {
		t.Error(err)
	}
}

// Wrong payloads are refused, as what users write and as what workers write.
func TestWrongPayloads(t *testing.T) {
	t.Parallel()
	const ref = `"ref":"//spanner.googleapis.com/projects/p/instances/i/operations/o"`
	rows := []struct{ reason, definition, payload string }{
		{"no field at all", "AwaitInput", `{}`},
		{"a list", "AwaitInput", `[]`},
		{"null", "AwaitInput", `null`},
		{"a misspelled field", "AwaitInput", `{` + ref + `,"time_out":"1s"}`},
		{"a URL for a ref", "AwaitInput", `{"ref":"https://spanner.googleapis.com/v1/projects/p/operations/o"}`},
		{"a ref without a service", "AwaitInput", `{"ref":"projects/p/instances/i/operations/o"}`},
		{"a ref with a query", "AwaitInput", `{"ref":"//s.googleapis.com/operations/o?x=1"}`},
		{"a number for a ref", "AwaitInput", `{"ref":1}`},
		{"a number for a duration", "AwaitInput", `{` + ref + `,"timeout":3600}`},
		{"a duration without a unit", "AwaitInput", `{` + ref + `,"timeout":"3600"}`},
		{"a duration in days", "AwaitInput", `{` + ref + `,"timeout":"1d"}`},
		{"a duration of ISO 8601", "AwaitInput", `{` + ref + `,"timeout":"PT1H"}`},
		{"a negative duration", "AwaitInput", `{` + ref + `,"timeout":"-1s"}`},
		{"null for a duration", "AwaitInput", `{` + ref + `,"timeout":null}`},
		{"a policy that does not exist", "AwaitInput", `{` + ref + `,"cancelPolicy":"CANCEL"}`},
		{"a text for a boolean", "AwaitInput", `{` + ref + `,"deleteWhenDone":"true"}`},
		{"a misspelled field of the policy", "AwaitInput", `{` + ref + `,"policy":{"maximum":"1s"}}`},
		{"a text for a number", "AwaitInput", `{` + ref + `,"policy":{"coefficient":"1.3"}}`},
		{"a field of workers", "AwaitInput", `{` + ref + `,"origin":"worker"}`},
		{"an operation whose done is a text", "AwaitInput", `{"operation":{"done":"yes"}}`},
		{"an error without a code", "AwaitInput", `{"operation":{"done":true,"error":{"message":"m"}}}`},
		{"an error by name", "AwaitInput", `{"operation":{"done":true,"error":{"code":"NOT_FOUND"}}}`},
		{"no policy", "SetPolicyInput", `{}`},
		{"a policy beside its place", "SetPolicyInput", `{"maximumInterval":"1s"}`},
		{"no deadline", "SetDeadlineInput", `{}`},
		{"two deadlines", "SetDeadlineInput", `{"in":"1s","none":true}`},
		{"a deadline without a zone", "SetDeadlineInput", `{"deadline":"2026-01-02T03:04:05"}`},
		{"another field", "StopInput", `{"because":"r"}`},
		{"no parents", "SweepInput", `{"action":"report"}`},
		{"one parent as a text", "SweepInput", `{"parents":"//spanner.googleapis.com/projects/p"}`},
		{"an action that does not exist", "SweepInput", `{"parents":["//spanner.googleapis.com/projects/p"],"action":"delete"}`},
		{"a resume by a user", "SweepInput", `{"parents":["//spanner.googleapis.com/projects/p"],"resume":{}}`},
		{"a parameter that is a number", "GoogleRequest", `{"parameters":{"a":1}}`},

		{"no operation", "Outcome", `{"polls":1}`},
		{"no polls", "Outcome", `{"operation":{}}`},
		{"half a poll", "Outcome", `{"operation":{},"polls":0.5}`},
		{"a cancellation of another release", "Outcome", `{"operation":{},"polls":1,"cancellation":"vanished"}`},
		{"a field of another release", "Outcome", `{"operation":{},"polls":1,"later":true}`},
		{"a time that is none", "Outcome", `{"operation":{},"polls":1,"startTime":"yesterday"}`},
		{"metadata that is a text", "Outcome", `{"operation":{"metadata":"m"},"polls":1}`},
		{"resources that are a text", "Failure", `{"operation":{},"polls":1,"resources":"r"}`},
		{"a status without a code", "Failure", `{"operation":{},"polls":1,"pollError":{"message":"m"}}`},
		{"no phase", "WaitStatus", `{"input":{},"outcome":{"operation":{},"polls":0}}`},
		{"no start time", "PollInput", `{` + ref + `,"policy":{}}`},
		{"a duration as users write it", "PollInput", `{` + ref + `,"policy":{},"startTime":"2026-01-02T03:04:05Z","authGrace":"1h"}`},
		{"bytes that are not base64", "SetPollHeartbeat", `{"total":1,"ended":0,"polls":0,"states":"?"}`},
		{"no key", "StartInput", `{"target":"t","since":"2026-01-02T03:04:05Z"}`},
	}
	exact := document(t)
	for _, row := range rows {
		t.Run(row.definition+", "+row.reason, func(t *testing.T) {
			t.Parallel()
			if err := exact.Validate(contract.Definition(row.definition), []byte(row.payload)); err == nil {
				t.Errorf("%s is taken", row.payload)
			}
		})
	}
}

// A caller that knows an earlier release takes what workers of a later one write, and refuses in what users write what
// awaitop would refuse.
func TestLaterRelease(t *testing.T) {
	t.Parallel()
	d, err := contract.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for definition, payload := range map[string]string{
		"Outcome":            `{"operation":{"later":1},"polls":1,"later":true,"cancellation":"later"}`,
		"Failure":            `{"operation":{},"polls":1,"later":{"a":[1]}}`,
		"WaitStatus":         `{"input":{"later":1},"phase":"later","outcome":{"operation":{},"polls":0}}`,
		"PollPolicyByWorker": `{"later":"1s"}`,
		"SweepReport":        `{"seen":{"operations":0,"resources":0},"counts":{"live":0,"kept":0,"orphan":0,"unknown":0,"left":0,"foreign":0,"later":1}}`,
	} {
		if err := d.Validate(contract.Definition(definition), []byte(payload)); err != nil {
			t.Errorf("%s is refused: %v", payload, err)
		}
	}
	if err := d.Validate(contract.Definition("PollPolicy"), []byte(`{"later":"1s"}`)); err == nil {
		t.Error("a policy with an unknown field is taken")
	}
}
