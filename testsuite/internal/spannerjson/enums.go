package spannerjson

import "strings"

// enums are the values of each enum field by number, from the discovery
// document of Spanner v1. A key is the message and the field's JSON name.
var enums = map[string][]string{
	"Instance.defaultBackupScheduleType":             {"DEFAULT_BACKUP_SCHEDULE_TYPE_UNSPECIFIED", "NONE", "AUTOMATIC"},
	"Instance.edition":                               editions,
	"Instance.instanceType":                          {"INSTANCE_TYPE_UNSPECIFIED", "PROVISIONED", "FREE_INSTANCE"},
	"Instance.state":                                 states,
	"FreeInstanceMetadata.expireBehavior":            {"EXPIRE_BEHAVIOR_UNSPECIFIED", "FREE_TO_PROVISIONED", "REMOVE_AFTER_GRACE_PERIOD"},
	"Database.databaseDialect":                       dialects,
	"Database.state":                                 {"STATE_UNSPECIFIED", "CREATING", "READY", "READY_OPTIMIZING"},
	"CreateDatabaseRequest.databaseDialect":          dialects,
	"EncryptionInfo.encryptionType":                  {"TYPE_UNSPECIFIED", "GOOGLE_DEFAULT_ENCRYPTION", "CUSTOMER_MANAGED_ENCRYPTION"},
	"QuorumInfo.initiator":                           {"INITIATOR_UNSPECIFIED", "GOOGLE", "USER"},
	"RestoreInfo.sourceType":                         {"TYPE_UNSPECIFIED", "BACKUP"},
	"RestoreDatabaseEncryptionConfig.encryptionType": encryptions,
	"CopyBackupEncryptionConfig.encryptionType":      encryptions,
	"Backup.databaseDialect":                         dialects,
	"Backup.minimumRestorableEdition":                editions,
	"Backup.state":                                   states,
	"InstanceConfig.configType":                      {"TYPE_UNSPECIFIED", "GOOGLE_MANAGED", "USER_MANAGED"},
	"InstanceConfig.freeInstanceAvailability":        {"FREE_INSTANCE_AVAILABILITY_UNSPECIFIED", "AVAILABLE", "UNSUPPORTED", "DISABLED", "QUOTA_EXCEEDED"},
	"InstanceConfig.quorumType":                      {"QUORUM_TYPE_UNSPECIFIED", "REGION", "DUAL_REGION", "MULTI_REGION"},
	"InstanceConfig.state":                           states,
	"InstancePartition.state":                        states,
	"ReplicaInfo.type":                               {"TYPE_UNSPECIFIED", "READ_WRITE", "READ_ONLY", "WITNESS"},
}

var (
	editions    = []string{"EDITION_UNSPECIFIED", "STANDARD", "ENTERPRISE", "ENTERPRISE_PLUS"}
	dialects    = []string{"DATABASE_DIALECT_UNSPECIFIED", "GOOGLE_STANDARD_SQL", "POSTGRESQL"}
	states      = []string{"STATE_UNSPECIFIED", "CREATING", "READY"}
	encryptions = []string{
		"ENCRYPTION_TYPE_UNSPECIFIED", "USE_CONFIG_DEFAULT_OR_BACKUP_ENCRYPTION", "GOOGLE_DEFAULT_ENCRYPTION", "CUSTOMER_MANAGED_ENCRYPTION",
	}
)

// CamelCase returns the JSON name of a proto field's name. A name that is in
// camelCase stays as it is.
func CamelCase(name string) string {
	parts := strings.Split(name, "_")
	for i, part := range parts[1:] {
		if part != "" {
			parts[i+1] = strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, "")
}
