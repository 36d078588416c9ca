package documents_test

import (
	"errors"
	"regexp"
	"testing"

	"github.com/awaitop/awaitop/examples/documents"
	"github.com/awaitop/awaitop/examples/internal/emulator"
)

// programs are the programs that documents may use. A reader has Go and a Unix; the others belong to the subject of the
// pages that use them.
var programs = []string{"go", "cp", "mkdir", "make", "awaitop", "temporal", "gcloud", "kubectl"}

// dev is `awaitop dev`, which a reader leaves running. If other programs have its usual ports, it takes others and
// prints them.
var dev = &documents.Background{
	Ready:  regexp.MustCompile(`(?s)Temporal +(127\S+)\n.*Spanner +(http://\S+)\n.*msg=serving`),
	Learn:  map[string]string{"127.0.0.1:7233": "$1", "http://127.0.0.1:9020": "$2"},
	Export: map[string]string{"TEMPORAL_ADDRESS": "$1"},
}

// emulatorRules are the commands of the emulator: left out where there is none.
func emulatorRules(t *testing.T) documents.Rules {
	t.Helper()
	start := documents.Rule{
		Command: "gcloud emulators spanner start", Reason: "it runs until an interrupt, and other programs may have its ports",
		Ports: []string{"9010", "9020"}, Status: 130,
		Background: &documents.Background{
			Ready: regexp.MustCompile(`REST server listening at (\S+)`), Learn: map[string]string{"http://127.0.0.1:9020": "http://$1"},
		},
	}
	err := emulator.Installed(t.Context())
	if !errors.Is(err, emulator.ErrNotFound) {
		return documents.Rules{start}
	}
	t.Log("left out: the commands of the emulator: ", err)
	return documents.Rules{
		{Command: start.Command, Skip: true, Reason: err.Error()},
		{Path: "docs/provisioning.md", Command: "go run ./examples/provisioning -endpoint", Skip: true, Reason: err.Error()},
	}
}

// rules are the commands that are not run as they stand, each with its reason.
var rules = documents.Rules{
	{Command: "awaitop dev", Background: dev, Reason: "it runs until an interrupt"},
	{Path: "docs/any-service.md", Command: "awaitop worker", Skip: true, Reason: "it needs credentials of Google Cloud"},
	{Path: "docs/any-service.md", Command: "awaitop await", Skip: true, Reason: "it awaits an operation of a real project; operations.md has the command against a scripted Spanner"},
	{Command: "awaitop await", Status: 130, Background: &documents.Background{Ready: regexp.MustCompile("running"), Interrupt: true},
		Reason: "the operation takes minutes: a reader detaches with Ctrl-C"},
	{Command: "awaitop list --watch", Status: 130, Background: &documents.Background{Ready: regexp.MustCompile("operations/o"), Interrupt: true},
		Reason: "it goes on until a reader presses Ctrl-C"},
	{Path: "docs/first-worker.md", Command: "SPANNER_ENDPOINT=http://127.0.0.1:9020 go run .", Status: 1,
		Background: &documents.Background{Ready: regexp.MustCompile("Started Worker")}, Reason: "it runs until an interrupt, of which go run makes status 1"},

	{Path: "CONTRIBUTING.md", Command: "go test ./...", Skip: true, Reason: "CI runs it, and it would run this test"},
	{Path: "CONTRIBUTING.md", Command: "go test work", Skip: true, Reason: "CI runs it, and it would run this test"},
	{Path: "CONTRIBUTING.md", Command: ".ci/run", Skip: true, Reason: "CI runs it, and it would run this test"},
	{Path: "CONTRIBUTING.md", Command: "make histories", Skip: true, Reason: "it takes a minute, and rewrites what other tests read"},

	{Path: "docs/performance.md", Command: "go run ./examples/benchmark -n 100 -runs 1", Reason: "ten minutes; the same with fewer and shorter operations",
		Instead: "go run ./examples/benchmark -n 2 -runs 1 -durations 1s -cancels 0 -settle 100ms"},
	{Path: "docs/performance.md", Command: "go run ./examples/benchmark -scenario cpu -out results", Reason: "ten minutes; the same with fewer and shorter operations",
		Instead: "go run ./examples/benchmark -scenario cpu -out results -n 2 -runs 1 -durations 1s -cancels 0 -settle 100ms"},

	{Path: "docs/troubleshooting.md", Command: "temporal workflow update-options", Skip: true,
		Reason: "it needs a workflow that is pinned to a version whose workers are gone"},
	{Path: "docs/troubleshooting.md", Command: "awaitop operations list", Skip: true,
		Reason: "it asks a real project, with its credentials; operations.md has the command against a scripted Spanner"},
	{Path: "docs/nexus.md", Command: "temporal operator nexus endpoint create", Skip: true, Reason: "it needs a namespace platform; examples/nexus makes both"},
	{Path: "docs/operations.md", Command: "temporal worker deployment set-current-version", Skip: true,
		Reason: "it needs a worker with a deployment; the end-to-end test of versioning makes the same call"},
}
