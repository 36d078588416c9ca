package lro_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// TestOperationNames has names of operations and of resources that look like them.
func TestOperationNames(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		ref    string
		want   string // what the error wants, "" for a Ref that is valid
	}{
		"instance operation":  {reason: "Spanner's own", ref: "//spanner.googleapis.com/projects/p/instances/i/operations/o"},
		"database operation":  {reason: "Spanner's own", ref: "//spanner.googleapis.com/projects/p/instances/i/databases/d/operations/o"},
		"backup operation":    {reason: "Spanner's own", ref: "//spanner.googleapis.com/projects/p/instances/i/backups/b/operations/o"},
		"partition operation": {reason: "Spanner's own", ref: "//spanner.googleapis.com/projects/p/instances/i/instancePartitions/p/operations/o"},
		"config operation":    {reason: "Spanner's own", ref: "//spanner.googleapis.com/projects/p/instanceConfigs/c/operations/o"},
		"instance":            {reason: "a DELETE deletes it", ref: "//spanner.googleapis.com/projects/p/instances/i", want: "projects/p/instances/i/operations/OPERATION"},
		"database":            {reason: "a DELETE drops it", ref: "//spanner.googleapis.com/projects/p/instances/i/databases/d", want: "projects/p/instances/i/databases/d/operations/OPERATION"},
		"backup":              {reason: "a DELETE deletes it", ref: "//spanner.googleapis.com/projects/p/instances/i/backups/b", want: "projects/p/instances/i/backups/b/operations/OPERATION"},
		"database operations": {reason: "an instance called operations", ref: "//spanner.googleapis.com/projects/p/instances/operations/databases/d", want: "projects/p/instances/operations/databases/d/operations/OPERATION"},
		"instance of a name":  {reason: "nor has Spanner operations of a project", ref: "//spanner.googleapis.com/projects/p/operations/o", want: "projects/*/"},
		"collection":          {reason: "it is no operation", ref: "//spanner.googleapis.com/projects/p/instances/i/operations", want: "projects/*/"},
		"aggregate":           {reason: "nor is this", ref: "//spanner.googleapis.com/projects/p/instances/i/databaseOperations", want: "an operation's name"},
		"project":             {reason: "far from an operation", ref: "//spanner.googleapis.com/projects/p", want: "projects/*/"},
		"regional host":       {reason: "a regional host is the service", ref: "//spanner.us-central1.rep.googleapis.com/projects/p/instances/i", want: "operations/OPERATION"},
		"Firestore":           {reason: "its own", ref: "//firestore.googleapis.com/projects/p/databases/(default)/operations/o"},
		"Firestore document":  {reason: "a user's document in a collection called operations", ref: "//firestore.googleapis.com/projects/p/databases/(default)/documents/operations/o", want: "projects/*/databases/*/operations/*"},
		"regional prefix":     {reason: "so is this host", ref: "//us-central1-firestore.googleapis.com/projects/p/databases/d/documents/operations/o", want: "projects/*/databases/*/operations/*"},
		"API hub's":           {reason: "an operation of a cataloged API is a resource", ref: "//apihub.googleapis.com/projects/p/locations/l/apis/a/versions/v/operations/o", want: "projects/*/locations/*/operations/*"},
		"Bigtable":            {reason: "the document's pattern, not its flat path", ref: "//bigtableadmin.googleapis.com/operations/projects/p/instances/i/clusters/c/locations/z/operations/1"},
		"Bigtable table":      {reason: "a DELETE drops it", ref: "//bigtableadmin.googleapis.com/projects/p/instances/i/tables/t", want: "operations/**"},
		"Asset":               {reason: "the kind stands before the id", ref: "//cloudasset.googleapis.com/projects/1/operations/ExportAssets/a/b"},
		"Transfer":            {reason: "the segment is called otherwise", ref: "//storagetransfer.googleapis.com/transferOperations/a/b"},
		"Audit manager":       {reason: "so is this", ref: "//auditmanager.googleapis.com/projects/p/locations/l/operationIds/o"},
		"Speech":              {reason: "a bare id", ref: "//speech.googleapis.com/12345"},
		"Speech resource":     {reason: "its pattern in the document takes anything", ref: "//speech.googleapis.com/projects/p/locations/l/customClasses/c", want: "an operation's name"},
		"IAM policy":          {reason: "recorded: the attachment point is encoded", ref: "//iam.googleapis.com/policies/cloudresourcemanager.googleapis.com%2Fprojects%2F123/denypolicies/d/operations/o"},
		"IAM policy, dots":    {reason: "decoded they lead elsewhere", ref: "//iam.googleapis.com/policies/a%2F..%2F../denypolicies/d/operations/o", want: "operations/*"},
		"encoded elsewhere":   {reason: "decoded it is a document", ref: "//firestore.googleapis.com/projects/p/databases/d%2Fdocuments/operations/o", want: "projects/*/databases/*/operations/*"},
		"encoded, unknown":    {reason: "nothing says that this service has such names", ref: "//a.example/projects/p%2Fq/operations/o", want: "projects/p/operations/o"},
		"small letters":       {reason: "one name has one spelling", ref: "//iam.googleapis.com/policies/a%2fb/denypolicies/d/operations/o", want: "operations/*"},
		"unknown, nested":     {reason: "the last segment but one", ref: "//a.example/projects/p/operations/o"},
		"unknown, first":      {reason: "the first segment", ref: "//a.example/operations/a/b/c"},
		"unknown, neither":    {reason: "a resource", ref: "//a.example/projects/operations/things/t", want: "projects/operations/things/t/operations/OPERATION"},
		"unknown, collection": {reason: "no operation", ref: "//a.example/operations", want: "operations"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := lro.ParseRef(tt.ref)
			if tt.want == "" {
				if err != nil {
					t.Errorf("%s: %v", tt.reason, err)
				}
				return
			}
			checkInvalid(t, err, "ref.name")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: error %v, want one that wants %q", tt.reason, err, tt.want)
			}
		})
	}
}

func TestCollections(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		text   string
		field  string
	}{
		"own":          {reason: "of the instance's operations", text: "//spanner.googleapis.com/projects/p/instances/i/operations"},
		"aggregate":    {reason: "across databases", text: "//spanner.googleapis.com/projects/p/instances/i/databaseOperations"},
		"regional":     {reason: "a regional host has its service's aggregates", text: "//spanner.us-central1.rep.googleapis.com/projects/p/instances/i/databaseOperations"},
		"configs":      {reason: "across configs", text: "//spanner.googleapis.com/projects/p/instanceConfigOperations"},
		"any instance": {reason: "a wildcard of AIP-159", text: "//spanner.googleapis.com/projects/p/instances/-/operations"},
		"unknown":      {reason: "a service without a table", text: "//a.example/projects/p/operations"},
		"top":          {reason: "the parent is in the query", text: "//cloudfunctions.googleapis.com/operations"},
		"instances":    {reason: "a collection of resources", text: "//spanner.googleapis.com/projects/p/instances", field: "collection.name"},
		"operation":    {reason: "an operation is no collection", text: "//spanner.googleapis.com/projects/p/instances/i/operations/o", field: "collection.name"},
		"elsewhere":    {reason: "Spanner's aggregates are Spanner's", text: "//a.example/projects/p/instances/i/databaseOperations", field: "collection.name"},
		"service":      {reason: "the field is the collection's", text: "//A/operations", field: "collection.service"},
		"no slashes":   {reason: "no full resource name", text: "projects/p/operations", field: "collection"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := lro.ParseCollection(tt.text)
			checkInvalid(t, err, tt.field)
			if err == nil && c.String() != tt.text {
				t.Errorf("%s: String() = %q", tt.reason, c)
			}
		})
	}
}

func TestValidateTarget(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, target string
		ok             bool
	}{
		{"a resource", "projects/p/locations/l/clusters/c", true},
		{"an id with both characters in it", "projects/p/databases/a-b*", true},
		{"a database's own name", "projects/p/databases/(default)", true},
		{"any project and location", "projects/-/locations/-/clusters/a", false},
		{"any cluster", "projects/p/locations/l/clusters/-", false},
		{"a pattern", "projects/p/locations/l/clusters/*", false},
		{"no name", "projects/p/clusters/../c", false},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			err := lro.ValidateTarget("target", row.target)
			var invalid *lro.InvalidError
			if row.ok != (err == nil) || !row.ok && (!errors.As(err, &invalid) || invalid.Field != "target" || invalid.Value != row.target) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestValidateParent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reason, parent string
		ok             bool
	}{
		"project":        {reason: "the usual", parent: "projects/p", ok: true},
		"domain project": {reason: "a domain-scoped project is no :verb", parent: "projects/example.com:myproj", ok: true},
		"IAM":            {reason: "as IAM encodes it", parent: "policies/cloudresourcemanager.googleapis.com%2Fprojects%2F123", ok: true},
		"dots":           {reason: "elsewhere", parent: "projects/..%2F.."},
		"query":          {reason: "another request", parent: "projects/p?x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := lro.ValidateParent("allowedPrefixes[0]", tt.parent); (err == nil) != tt.ok {
				t.Errorf("%s: %v", tt.reason, err)
			}
		})
	}
}
