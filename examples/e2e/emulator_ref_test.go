package e2e

import (
	"context"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"
	"google.golang.org/api/option"
	spanner "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// TestEmulatorResourcesStay gives names of an instance and a database in place of an
// operation's, to a workflow, to a client, and to the binary. Both are still there
// after each.
func TestEmulatorResourcesStay(t *testing.T) {
	t.Parallel()
	b := newEmulatorBench(t)
	endpoint := b.endpoint
	failingSchemaChange(t, endpoint) // makes both
	api, err := spanner.NewService(t.Context(), option.WithEndpoint(endpoint), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"projects/p/instances/e2e", "projects/p/instances/e2e/databases/db"} {
		ref := lro.Ref{Service: lro.SpannerService, Name: name}
		attempts := map[string]func() error{
			"workflow input": func() error {
				input := json.RawMessage(`{"ref":"` + ref.String() + `","operation":{"done":true},"deleteWhenDone":true}`)
				run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, workflows.AwaitOperationName, input)
				if err != nil {
					return err
				}
				return run.Get(b.ctx, nil)
			},
			"Start": func() error {
				_, err := workflows.Start(b.ctx, b.client, b.queue, ref, workflows.AwaitOptions{Operation: &lro.Operation{Done: true}, DeleteWhenDone: true})
				return err
			},
			"binary, delete": func() error { return binaryOperations(b.ctx, endpoint, "delete", name) },
			"binary, cancel": func() error { return binaryOperations(b.ctx, endpoint, "cancel", name) },
		}
		for how, attempt := range attempts {
			if err := attempt(); err == nil {
				t.Errorf("%s takes %s for an operation", how, name)
			}
			if _, err := api.Projects.Instances.Get("projects/p/instances/e2e").Context(t.Context()).Do(); err != nil {
				t.Fatalf("after %s of %s the instance is gone: %v", how, name, err)
			}
			if _, err := api.Projects.Instances.Databases.Get("projects/p/instances/e2e/databases/db").Context(t.Context()).Do(); err != nil {
				t.Fatalf("after %s of %s the database is gone: %v", how, name, err)
			}
		}
	}
}

// binaryOperations runs `awaitop operations` on an API without credentials. Its error
// is the binary's refusal of the name.
func binaryOperations(ctx context.Context, endpoint, verb, name string) error {
	output, err := exec.CommandContext(ctx, "go", "run", "../../cmd/awaitop", "operations", verb, name, "--endpoint", endpoint, "--without-authentication").CombinedOutput()
	if !strings.Contains(string(output), "names no operation") {
		return nil
	}
	return err
}
