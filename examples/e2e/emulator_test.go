package e2e

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"google.golang.org/api/option"
	spanner "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/examples/internal/emulator"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// startEmulator starts a Spanner emulator of the test's own.
func startEmulator(t *testing.T) *emulator.Emulator {
	t.Helper()
	started, err := emulator.Start(context.Background(), os.Stderr)
	if errors.Is(err, emulator.ErrNotFound) {
		t.Skip("this machine has no Spanner emulator: ", err)
	}
	if err != nil {
		t.Fatalf("emulator: %v", err)
	}
	t.Cleanup(func() { _ = started.Stop() })
	return started
}

// newEmulatorBench is a bench whose API is a Spanner emulator of its own.
func newEmulatorBench(t *testing.T) *bench {
	t.Helper()
	started := startEmulator(t)
	b := newBench(t, benchOptions{noWorker: true})
	b.endpoint = started.Endpoint()
	b.startWorker(benchOptions{})
	return b
}

// The emulator's real failed operation: a unique index on duplicates, as the
// second statement of a schema change.
func TestEmulatorFailedOperation(t *testing.T) {
	t.Parallel()
	b := newEmulatorBench(t)
	name := failingSchemaChange(t, b.endpoint)
	ref := lro.Ref{Service: lro.SpannerService, Name: name}
	outcome, err := b.start(ref, workflows.AwaitOptions{}).Get(b.ctx)
	f, _ := lro.AsFailure(err)
	if f.Type != lro.TypeOperationFailed || lro.CodeOf(err) != lro.CodeFailedPrecondition {
		t.Fatalf("%v, want OperationFailed.FAILED_PRECONDITION", err)
	}
	metadata, err := lro.Decode[spanner.UpdateDatabaseDdlMetadata](outcome.Operation.Metadata)
	if err != nil || len(metadata.CommitTimestamps) != 1 || len(metadata.Statements) != 2 {
		t.Fatalf("metadata %s, %v, want 2 statements and 1 commit timestamp", outcome.Operation.Metadata, err)
	}
	if _, err := time.Parse(time.RFC3339Nano, metadata.CommitTimestamps[0]); err != nil {
		t.Errorf("the commit timestamp is no time: %v", err)
	}
	checkEmulatorCancel(t, b, ref)
}

// checkEmulatorCancel cancels a wait before its first poll, as the operation is
// done already: the emulator answers 501.
func checkEmulatorCancel(t *testing.T, b *bench, ref lro.Ref) {
	t.Helper()
	b.queue += "-cancel"
	run := b.start(ref, workflows.AwaitOptions{})
	if err := run.Cancel(b.ctx); err != nil {
		t.Fatalf("cancel: %v", err)
	}
	b.startWorker(benchOptions{})
	outcome, err := run.Get(b.ctx)
	if outcome.Cancellation != lro.CancellationUnsupported || outcome.CancelStatus.Code != lro.CodeUnimplemented {
		t.Errorf("cancellation %q, %v, want unsupported", outcome.Cancellation, err)
	}
	if f, _ := lro.AsFailure(err); f.Type != lro.TypeOperationFailed {
		t.Errorf("%v, want the row of its end", err)
	}
}

// failingSchemaChange returns the name of the operation that fails.
func failingSchemaChange(t *testing.T, endpoint string) string {
	t.Helper()
	ctx := t.Context()
	service, err := spanner.NewService(ctx, option.WithEndpoint(endpoint), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	const project, instance = "projects/p", "projects/p/instances/e2e"
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	_, err = service.Projects.Instances.Create(project, &spanner.CreateInstanceRequest{
		InstanceId: "e2e",
		Instance:   &spanner.Instance{Config: project + "/instanceConfigs/emulator-config", DisplayName: "e2e", NodeCount: 1},
	}).Context(ctx).Do()
	must("create instance", err)
	_, err = service.Projects.Instances.Databases.Create(instance, &spanner.CreateDatabaseRequest{
		CreateStatement: "CREATE DATABASE `db`",
		ExtraStatements: []string{"CREATE TABLE t (id INT64, v INT64) PRIMARY KEY (id)"},
	}).Context(ctx).Do()
	must("create database", err)
	insertDuplicates(t, service, instance+"/databases/db")
	op, err := service.Projects.Instances.Databases.UpdateDdl(instance+"/databases/db", &spanner.UpdateDatabaseDdlRequest{
		Statements: []string{"CREATE TABLE u (id INT64) PRIMARY KEY (id)", "CREATE UNIQUE INDEX tv ON t (v)"},
	}).Context(ctx).Do()
	must("update schema", err)
	return op.Name
}

func insertDuplicates(t *testing.T, service *spanner.Service, database string) {
	t.Helper()
	session, err := service.Projects.Instances.Databases.Sessions.Create(database, &spanner.CreateSessionRequest{}).Context(t.Context()).Do()
	if err != nil {
		t.Fatalf("create session: %v", err)
	}
	_, err = service.Projects.Instances.Databases.Sessions.Commit(session.Name, &spanner.CommitRequest{
		SingleUseTransaction: &spanner.TransactionOptions{ReadWrite: &spanner.ReadWrite{}},
		Mutations: []*spanner.Mutation{{Insert: &spanner.Write{
			Table: "t", Columns: []string{"id", "v"},
			Values: [][]any{{"1", "7"}, {"2", "7"}},
		}}},
	}).Context(t.Context()).Do()
	if err != nil {
		t.Fatalf("insert: %v", err)
	}
}
