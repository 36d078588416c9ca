package spanner

import "time"

// Instance is a Spanner instance, as far as most need it.
type Instance struct {
	Name            string            `json:"name,omitempty"`
	Config          string            `json:"config,omitempty"`
	DisplayName     string            `json:"displayName,omitempty"`
	NodeCount       int               `json:"nodeCount,omitempty"`
	ProcessingUnits int               `json:"processingUnits,omitempty"`
	Edition         string            `json:"edition,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
	State           string            `json:"state,omitempty"`
	CreateTime      time.Time         `json:"createTime,omitzero"`
}

// Database is a Spanner database.
type Database struct {
	Name                 string    `json:"name,omitempty"`
	DatabaseDialect      string    `json:"databaseDialect,omitempty"`
	EnableDropProtection bool      `json:"enableDropProtection,omitempty"`
	State                string    `json:"state,omitempty"`
	CreateTime           time.Time `json:"createTime,omitzero"`
}

// Backup is a Spanner backup.
type Backup struct {
	Name        string    `json:"name,omitempty"`
	Database    string    `json:"database,omitempty"`
	ExpireTime  time.Time `json:"expireTime,omitzero"`
	VersionTime time.Time `json:"versionTime,omitzero"`
	State       string    `json:"state,omitempty"`
	CreateTime  time.Time `json:"createTime,omitzero"`
}

// InstanceConfig is a Spanner instance config.
type InstanceConfig struct {
	Name        string            `json:"name,omitempty"`
	DisplayName string            `json:"displayName,omitempty"`
	BaseConfig  string            `json:"baseConfig,omitempty"`
	Replicas    []Replica         `json:"replicas,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	State       string            `json:"state,omitempty"`
}

// Replica is a replica of an [InstanceConfig].
type Replica struct {
	Location              string `json:"location,omitempty"`
	Type                  string `json:"type,omitempty"`
	DefaultLeaderLocation bool   `json:"defaultLeaderLocation,omitempty"`
}

// InstancePartition is a partition of a Spanner instance.
type InstancePartition struct {
	Name            string    `json:"name,omitempty"`
	Config          string    `json:"config,omitempty"`
	DisplayName     string    `json:"displayName,omitempty"`
	NodeCount       int       `json:"nodeCount,omitempty"`
	ProcessingUnits int       `json:"processingUnits,omitempty"`
	State           string    `json:"state,omitempty"`
	CreateTime      time.Time `json:"createTime,omitzero"`
}

// DatabaseOptions are what a new database may have beside its name.
type DatabaseOptions struct {
	// ExtraStatements are DDL statements that run with the creation, all or
	// none of them.
	ExtraStatements []string `json:"extraStatements,omitempty"`
	// DatabaseDialect is "GOOGLE_STANDARD_SQL" (the default) or "POSTGRESQL",
	// which takes no ExtraStatements.
	DatabaseDialect string `json:"databaseDialect,omitempty"`
}
