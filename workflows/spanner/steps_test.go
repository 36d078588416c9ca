package spanner_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// TestInvalid has what a step is refused for before anything is sent.
func TestInvalid(t *testing.T) {
	t.Parallel()
	change := func(name string, statements ...string) error {
		return spanner.UpdateDatabaseDdl(database, spanner.SchemaChange{Name: name, Statements: statements}).Invalid
	}
	for name, tt := range map[string]struct {
		reason string
		err    error
		field  string // "" for a step that can be run
	}{
		"named":           {"the usual", change("index-by-name", "CREATE INDEX x ON t (id)"), ""},
		"version":         {"as schema tools number their changes", change("2024.01_v2", "CREATE INDEX x ON t (id)"), ""},
		"statement":       {"a statement is no name", change("DROP INDEX x", "DROP TABLE t"), "schemaChange.name"},
		"empty":           {"a name is required", change("", "DROP TABLE t"), "schemaChange.name"},
		"no statement":    {"nothing to run", change("index-by-name"), "schemaChange.statements"},
		"mask":            {"fields are named", spanner.UpdateInstance(instance, []string{"nodeCount"}, spanner.Instance{}).Invalid, ""},
		"no mask":         {"nothing to update", spanner.UpdateInstance(instance, nil, spanner.Instance{}).Invalid, "mask"},
		"another message": {"it is of another method", spanner.CreateInstanceProto(instance, &errdetails.ErrorInfo{}).Invalid, "request"},
		"any message":     {"a result needs a type", spanner.CreateInstanceProto[proto.Message](instance, nil).Invalid, "request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var invalid *lro.InvalidError
			if errors.As(tt.err, &invalid); (tt.err == nil) != (tt.field == "") || invalid != nil && invalid.Field != tt.field {
				t.Errorf("%s: %v, want %q refused", tt.reason, tt.err, tt.field)
			}
		})
	}
}

// TestRequests: what a step sends is the API's JSON.
func TestRequests(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for want, step := range map[string]workflows.Step[struct{}]{
		`{"displayName":"orders","autoscalingConfig":{"autoscalingLimits":{"minNodes":1,"maxNodes":3}}}`: untyped(spanner.CreateInstance(instance, spanner.Instance{
			DisplayName: "orders", AutoscalingConfig: &spanner.AutoscalingConfig{AutoscalingLimits: spanner.AutoscalingLimits{MinNodes: 1, MaxNodes: 3}}})),
		`{"fieldMask":"nodeCount,displayName","instance":{"nodeCount":3}}`: untyped(spanner.UpdateInstance(instance, []string{"nodeCount", "displayName"}, spanner.Instance{NodeCount: 3})),
		`{"targetConfig":"c"}`: untyped(spanner.MoveInstance(instance, spanner.MoveOptions{TargetConfig: "c"})),
		`{"extraStatements":["CREATE TABLE t"],"databaseDialect":"GOOGLE_STANDARD_SQL"}`: untyped(spanner.CreateDatabase(database, spanner.DatabaseOptions{ExtraStatements: []string{"CREATE TABLE t"}, DatabaseDialect: "GOOGLE_STANDARD_SQL"})),
		`{"backup":"b","encryptionConfig":{"kmsKeyNames":["k"]}}`:                        untyped(spanner.RestoreDatabase(database, spanner.RestoreOptions{Backup: "b", EncryptionConfig: &spanner.Encryption{KMSKeyNames: []string{"k"}}})),
		`{"database":{"enableDropProtection":true},"updateMask":"enableDropProtection"}`: untyped(spanner.UpdateDatabase(database, []string{"enableDropProtection"}, spanner.Database{EnableDropProtection: true})),
		`{"protoDescriptors":"AQI=","statements":["a","b"]}`:                             untyped(spanner.UpdateDatabaseDdl(database, spanner.SchemaChange{Name: "n", Statements: []string{"a", "b"}, ProtoDescriptors: []byte{1, 2}})),
		`{"quorumType":{"singleRegion":{"servingLocation":"us-east1"}}}`:                 untyped(spanner.ChangeQuorum(database, spanner.QuorumType{SingleRegion: &spanner.SingleRegionQuorum{ServingLocation: "us-east1"}})),
		`{"quorumType":{"dualRegion":{}}}`:                                               untyped(spanner.ChangeQuorum(database, spanner.QuorumType{DualRegion: &spanner.DualRegionQuorum{}})),
		`{"backup":{"database":"d","expireTime":"2030-01-02T03:04:05Z"}}`:                untyped(spanner.CreateBackup("b", spanner.Backup{Database: "d", ExpireTime: at})),
		`{"sourceBackup":"s","expireTime":"2030-01-02T03:04:05Z"}`:                       untyped(spanner.CopyBackup("b", spanner.CopyOptions{SourceBackup: "s", ExpireTime: at})),
		`{"instanceConfig":{"labels":{"a":"b"}},"updateMask":"labels"}`:                  untyped(spanner.UpdateInstanceConfig("c", []string{"labels"}, spanner.InstanceConfig{Labels: map[string]string{"a": "b"}})),
		`{"displayName":"p"}`: untyped(spanner.CreateInstancePartition("p", spanner.InstancePartition{DisplayName: "p"})),
		`{"fieldMask":"nodeCount","instancePartition":{"nodeCount":2}}`: untyped(spanner.UpdateInstancePartition("p", []string{"nodeCount"}, spanner.InstancePartition{NodeCount: 2})),
		`{"instanceConfig":{"reason":"R"},"updateMask":"labels"}`:       untyped(spanner.UpdateInstanceConfigProto("c", []string{"labels"}, &errdetails.ErrorInfo{Reason: "R"})),
	} {
		if got, err := json.Marshal(step.Request); string(got) != want || err != nil {
			t.Errorf("%s sends %s, %v; want %s", step.Name+step.Activity, got, err, want)
		}
	}
}

// untyped is the step without its result.
func untyped[T any](step workflows.Step[T]) workflows.Step[struct{}] {
	return workflows.Step[struct{}](step)
}

// The result of a schema change is in the metadata, that of a failed one as well.
func TestSchemaCommits(t *testing.T) {
	t.Parallel()
	var commits spanner.SchemaCommits
	op := lro.Operation{Done: true, Error: &lro.Status{Code: lro.CodeFailedPrecondition}, Metadata: json.RawMessage(`{"@type":"x","commitTimestamps":["2030-01-02T03:04:05Z"]}`)}
	if err := commits.DecodeOperation(op); err != nil || len(commits.CommitTimestamps) != 1 {
		t.Errorf("%+v, %v", commits, err)
	}
	if err := commits.DecodeOperation(lro.Operation{}); err != nil || len(commits.CommitTimestamps) != 0 {
		t.Errorf("%+v, %v", commits, err)
	}
}
