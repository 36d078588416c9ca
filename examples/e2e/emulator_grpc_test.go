package e2e

import (
	"testing"

	database "cloud.google.com/go/spanner/admin/database/apiv1"
	"cloud.google.com/go/spanner/admin/database/apiv1/databasepb"
	instance "cloud.google.com/go/spanner/admin/instance/apiv1"
	"cloud.google.com/go/spanner/admin/instance/apiv1/instancepb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/workflows"
)

// Google's own admin clients start operations on the emulator over gRPC. One worker awaits them over gRPC,
// by the LROClient of such a client, and one over HTTP. Both see the same.
func TestEmulatorOverGRPC(t *testing.T) {
	t.Parallel()
	emulated := startEmulator(t)
	admin := databaseAdmin(t, emulated.Address())
	client, err := operations.FromOperationsClient(lro.SpannerService, admin.LROClient)
	if err != nil {
		t.Fatal(err)
	}
	overHTTP := newBench(t, benchOptions{noWorker: true})
	overHTTP.endpoint = emulated.Endpoint()
	overHTTP.startWorker(benchOptions{})
	overGRPC := newBench(t, benchOptions{noWorker: true})
	overGRPC.queue += "-grpc"
	overGRPC.endpoint = "http://127.0.0.1:1" // where nothing listens
	overGRPC.startWorker(benchOptions{clients: map[string]lro.Client{lro.SpannerService: client}})

	made := instanceOverGRPC(t, emulated.Address())
	started, err := admin.CreateDatabase(t.Context(), &databasepb.CreateDatabaseRequest{Parent: made, CreateStatement: "CREATE DATABASE `grpc`"})
	if err != nil {
		t.Fatalf("create database: %v", err)
	}
	created := lro.Ref{Service: lro.SpannerService, Name: started.Name()}
	want := awaitBoth(t, overGRPC, overHTTP, created, "")
	if database, err := lro.Decode[*databasepb.Database](want.Response); err != nil || database.GetName() != made+"/databases/grpc" {
		t.Errorf("the response is %s, %v", want.Response, err)
	}
	failing := lro.Ref{Service: lro.SpannerService, Name: failingSchemaChange(t, emulated.Endpoint())}
	failed := awaitBoth(t, overGRPC, overHTTP, failing, lro.TypeOperationFailed)
	metadata, err := lro.Decode[*databasepb.UpdateDatabaseDdlMetadata](failed.Metadata)
	if err != nil || len(metadata.GetStatements()) != 2 || len(metadata.GetCommitTimestamps()) != 1 {
		t.Errorf("the metadata is %s, %v", failed.Metadata, err)
	}
	listOverGRPC(t, client, created, failing)
}

// awaitBoth awaits an operation by both workers, and returns what it was, read over gRPC. failure is the
// type that each wait ends in, "" for none.
func awaitBoth(t *testing.T, overGRPC, overHTTP *bench, ref lro.Ref, failure lro.FailureType) lro.Operation {
	t.Helper()
	var seen []lro.Operation
	for _, b := range []*bench{overGRPC, overHTTP} {
		outcome, err := b.start(ref, workflows.AwaitOptions{}).Get(b.ctx)
		if f, _ := lro.AsFailure(err); f.Type != failure {
			t.Fatalf("%s ended with %v, want %q", ref, err, failure)
		}
		seen = append(seen, outcome.Operation)
	}
	if diff := cmp.Diff(decoded(t, seen[1]), decoded(t, seen[0]), protocmp.Transform()); diff != "" {
		t.Errorf("%s over gRPC (+) is not as over HTTP (-):\n%s", ref, diff)
	}
	return seen[0]
}

// decoded are the parts of an operation as messages, because JSON over HTTP has its own order of fields.
func decoded(t *testing.T, op lro.Operation) []any {
	t.Helper()
	out := []any{op.Name, op.State()}
	if op.Error != nil {
		out = append(out, op.Error.Code, op.Error.Message)
	}
	var metadata, response proto.Message
	var err error
	switch kind := lro.TypeOf(op.Metadata); kind {
	case "google.spanner.admin.database.v1.CreateDatabaseMetadata":
		metadata, err = lro.Decode[*databasepb.CreateDatabaseMetadata](op.Metadata)
	case "google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata":
		metadata, err = lro.Decode[*databasepb.UpdateDatabaseDdlMetadata](op.Metadata)
	default:
		t.Fatalf("metadata of type %q: %s", kind, op.Metadata)
	}
	if err != nil {
		t.Fatal(err)
	}
	if op.Response != nil {
		if response, err = lro.Decode[*databasepb.Database](op.Response); err != nil {
			t.Fatal(err)
		}
	}
	return append(out, metadata, response)
}

// listOverGRPC lists the operations of each one's database.
func listOverGRPC(t *testing.T, client lro.Client, refs ...lro.Ref) {
	t.Helper()
	for _, ref := range refs {
		page, err := client.ListOperations(t.Context(), lro.ListRequest{Collection: ref.Collection()})
		if err != nil {
			t.Errorf("list %s: %v", ref.Collection(), err)
			continue
		}
		found := false
		for _, op := range page.Operations {
			found = found || op.Name == ref.Name
		}
		if !found {
			t.Errorf("the list of %s has no %s", ref.Collection(), ref)
		}
	}
}

// emulatorOptions are those of a generated client of the emulator.
func emulatorOptions(address string) []option.ClientOption {
	return []option.ClientOption{
		option.WithEndpoint(address), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
	}
}

func databaseAdmin(t *testing.T, address string) *database.DatabaseAdminClient {
	t.Helper()
	admin, err := database.NewDatabaseAdminClient(t.Context(), emulatorOptions(address)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	return admin
}

// instanceOverGRPC makes an instance, and waits for it as Google's clients do.
func instanceOverGRPC(t *testing.T, address string) string {
	t.Helper()
	admin, err := instance.NewInstanceAdminClient(t.Context(), emulatorOptions(address)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	started, err := admin.CreateInstance(t.Context(), &instancepb.CreateInstanceRequest{
		Parent: "projects/p", InstanceId: "grpc",
		Instance: &instancepb.Instance{Config: "projects/p/instanceConfigs/emulator-config", DisplayName: "grpc", NodeCount: 1},
	})
	if err != nil {
		t.Fatalf("create instance: %v", err)
	}
	made, err := started.Wait(t.Context())
	if err != nil {
		t.Fatalf("create instance: %v", err)
	}
	return made.GetName()
}
