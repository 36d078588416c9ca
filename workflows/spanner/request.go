package spanner

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// DatabaseOptions are what a new database may have beside its name.
type DatabaseOptions struct {
	// ExtraStatements are DDL statements that run with the creation, all or
	// none of them.
	ExtraStatements []string `json:"extraStatements,omitempty"`
	// DatabaseDialect is "GOOGLE_STANDARD_SQL" (the default) or "POSTGRESQL",
	// which takes no ExtraStatements.
	DatabaseDialect  string      `json:"databaseDialect,omitempty"`
	EncryptionConfig *Encryption `json:"encryptionConfig,omitempty"`
	// ProtoDescriptors is an encoded google.protobuf.FileDescriptorSet, for
	// ExtraStatements with proto types.
	ProtoDescriptors []byte `json:"protoDescriptors,omitempty"`
}

// Encryption names the Cloud KMS keys of a database or a backup.
type Encryption struct {
	// EncryptionType is of a copy or a restore alone, such as
	// "USE_CONFIG_DEFAULT_OR_BACKUP_ENCRYPTION" or "CUSTOMER_MANAGED_ENCRYPTION".
	EncryptionType string `json:"encryptionType,omitempty"`
	// KMSKeyNames are such as
	// "projects/p/locations/l/keyRings/r/cryptoKeys/k", one for each region.
	KMSKeyNames []string `json:"kmsKeyNames,omitempty"`
}

// RestoreOptions say what a database is restored from.
type RestoreOptions struct {
	// Backup is the backup's name. Required.
	Backup           string      `json:"backup"`
	EncryptionConfig *Encryption `json:"encryptionConfig,omitempty"`
}

// CopyOptions say what a backup is copied from.
type CopyOptions struct {
	// SourceBackup is the name of the backup to copy. Required.
	SourceBackup string `json:"sourceBackup"`
	// ExpireTime is when Spanner deletes the copy. Required.
	ExpireTime       time.Time   `json:"expireTime"`
	EncryptionConfig *Encryption `json:"encryptionConfig,omitempty"`
}

// MoveOptions say where an instance is moved to.
type MoveOptions struct {
	// TargetConfig is the name of an instance config. Required.
	TargetConfig string `json:"targetConfig"`
}

// QuorumType is the quorum of a dual-region database: one of the two fields.
type QuorumType struct {
	SingleRegion *SingleRegionQuorum `json:"singleRegion,omitempty"`
	DualRegion   *DualRegionQuorum   `json:"dualRegion,omitempty"`
}

// SingleRegionQuorum has one region serve the database.
type SingleRegionQuorum struct {
	// ServingLocation is the region, such as "us-east1".
	ServingLocation string `json:"servingLocation"`
}

// DualRegionQuorum has both regions serve the database.
type DualRegionQuorum struct{}

// SchemaChange is a change of a database's schema.
type SchemaChange struct {
	// Name tells the change from the workflow's others, such as "index-by-name". It
	// makes the operation's id, and must be the same in each release of the workflow.
	// Required: a letter or digit, then letters, digits, '.', '-' and '_'.
	Name string `json:"name"`
	// Statements are DDL statements, which run one after the other. Required.
	Statements []string `json:"statements"`
	// ProtoDescriptors is an encoded google.protobuf.FileDescriptorSet, for
	// statements with proto types.
	ProtoDescriptors []byte `json:"protoDescriptors,omitempty"`
}

var changeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// validate reports why the change cannot be run as an [*lro.InvalidError].
func (c SchemaChange) validate() error {
	switch {
	case !changeName.MatchString(c.Name):
		return &lro.InvalidError{Field: "schemaChange.name", Value: c.Name, Want: "a name for the change, such as index-by-name"}
	case len(c.Statements) == 0:
		return &lro.InvalidError{Field: "schemaChange.statements", Value: "none", Want: "one statement or more"}
	default:
		return nil
	}
}

// SchemaCommits is the result of a [SchemaChange].
type SchemaCommits struct {
	// CommitTimestamps are when the statements committed, in their order. Of a change
	// that failed or was canceled they are those of the statements that stay. There
	// are none if the operation's metadata did not fit a payload.
	CommitTimestamps []time.Time `json:"commitTimestamps"`
}

// DecodeOperation reads the commits from the operation's metadata.
func (c *SchemaCommits) DecodeOperation(op lro.Operation) (err error) {
	*c, err = lro.Decode[SchemaCommits](op.Metadata)
	return err
}

// request is the body of a method that has no struct here.
type request map[string]any

// body is a part of a request: a struct of this package or a proto message.
type body struct{ value any }

// MarshalJSON writes the value in the API's JSON.
func (b body) MarshalJSON() ([]byte, error) { return lro.Encode(b.value) }

var _ json.Marshaler = body{}

// updateMask is a field mask as the API has it in JSON, and why that names no field.
func updateMask(mask []string) (string, error) {
	joined := strings.Join(mask, ",")
	if joined == "" {
		return "", &lro.InvalidError{Field: "mask", Value: "none", Want: "the fields to update, such as processingUnits"}
	}
	return joined, nil
}
