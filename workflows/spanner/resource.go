package spanner

import "time"

// Instance is a Spanner instance: every field that a request may set, and most of those
// that the API fills in.
type Instance struct {
	Name              string             `json:"name,omitempty"`
	Config            string             `json:"config,omitempty"`
	DisplayName       string             `json:"displayName,omitempty"`
	NodeCount         int                `json:"nodeCount,omitempty"`
	ProcessingUnits   int                `json:"processingUnits,omitempty"`
	AutoscalingConfig *AutoscalingConfig `json:"autoscalingConfig,omitempty"`
	// Edition is "STANDARD", "ENTERPRISE" or "ENTERPRISE_PLUS".
	Edition string `json:"edition,omitempty"`
	// InstanceType is "PROVISIONED" or "FREE_INSTANCE".
	InstanceType string `json:"instanceType,omitempty"`
	// DefaultBackupScheduleType is "NONE" or "AUTOMATIC".
	DefaultBackupScheduleType string            `json:"defaultBackupScheduleType,omitempty"`
	Labels                    map[string]string `json:"labels,omitempty"`
	State                     string            `json:"state,omitempty"`
	CreateTime                time.Time         `json:"createTime,omitzero"`
	UpdateTime                time.Time         `json:"updateTime,omitzero"`
}

// AutoscalingConfig says how an instance or a partition is scaled. Limits are in nodes or
// in processing units, not in both.
type AutoscalingConfig struct {
	AutoscalingLimits  AutoscalingLimits  `json:"autoscalingLimits,omitzero"`
	AutoscalingTargets AutoscalingTargets `json:"autoscalingTargets,omitzero"`
}

// AutoscalingLimits are those of an [AutoscalingConfig].
type AutoscalingLimits struct {
	MinNodes           int `json:"minNodes,omitempty"`
	MaxNodes           int `json:"maxNodes,omitempty"`
	MinProcessingUnits int `json:"minProcessingUnits,omitempty"`
	MaxProcessingUnits int `json:"maxProcessingUnits,omitempty"`
}

// AutoscalingTargets are those of an [AutoscalingConfig], in percent.
type AutoscalingTargets struct {
	HighPriorityCPUUtilizationPercent int `json:"highPriorityCpuUtilizationPercent,omitempty"`
	TotalCPUUtilizationPercent        int `json:"totalCpuUtilizationPercent,omitempty"`
	StorageUtilizationPercent         int `json:"storageUtilizationPercent,omitempty"`
}

// Database is a Spanner database.
type Database struct {
	Name                 string `json:"name,omitempty"`
	DatabaseDialect      string `json:"databaseDialect,omitempty"`
	DefaultLeader        string `json:"defaultLeader,omitempty"`
	EnableDropProtection bool   `json:"enableDropProtection,omitempty"`
	// VersionRetentionPeriod is such as "1h" or "7d". A schema change sets it.
	VersionRetentionPeriod string    `json:"versionRetentionPeriod,omitempty"`
	EarliestVersionTime    time.Time `json:"earliestVersionTime,omitzero"`
	State                  string    `json:"state,omitempty"`
	CreateTime             time.Time `json:"createTime,omitzero"`
}

// Backup is a Spanner backup.
type Backup struct {
	Name          string    `json:"name,omitempty"`
	Database      string    `json:"database,omitempty"`
	ExpireTime    time.Time `json:"expireTime,omitzero"`
	MaxExpireTime time.Time `json:"maxExpireTime,omitzero"`
	VersionTime   time.Time `json:"versionTime,omitzero"`
	SizeBytes     int64     `json:"sizeBytes,omitempty,string"`
	State         string    `json:"state,omitempty"`
	CreateTime    time.Time `json:"createTime,omitzero"`
}

// InstanceConfig is a Spanner instance config.
type InstanceConfig struct {
	Name          string            `json:"name,omitempty"`
	DisplayName   string            `json:"displayName,omitempty"`
	BaseConfig    string            `json:"baseConfig,omitempty"`
	Replicas      []Replica         `json:"replicas,omitempty"`
	LeaderOptions []string          `json:"leaderOptions,omitempty"`
	Labels        map[string]string `json:"labels,omitempty"`
	Etag          string            `json:"etag,omitempty"`
	State         string            `json:"state,omitempty"`
}

// Replica is a replica of an [InstanceConfig].
type Replica struct {
	Location string `json:"location,omitempty"`
	// Type is "READ_WRITE", "READ_ONLY" or "WITNESS".
	Type                  string `json:"type,omitempty"`
	DefaultLeaderLocation bool   `json:"defaultLeaderLocation,omitempty"`
}

// InstancePartition is a partition of a Spanner instance.
type InstancePartition struct {
	Name              string             `json:"name,omitempty"`
	Config            string             `json:"config,omitempty"`
	DisplayName       string             `json:"displayName,omitempty"`
	NodeCount         int                `json:"nodeCount,omitempty"`
	ProcessingUnits   int                `json:"processingUnits,omitempty"`
	AutoscalingConfig *AutoscalingConfig `json:"autoscalingConfig,omitempty"`
	Etag              string             `json:"etag,omitempty"`
	State             string             `json:"state,omitempty"`
	CreateTime        time.Time          `json:"createTime,omitzero"`
	UpdateTime        time.Time          `json:"updateTime,omitzero"`
}
