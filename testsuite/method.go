package testsuite

// Method names a method of the service, as its API does.
type Method string

// The methods of google.longrunning.Operations.
const (
	MethodGet    Method = "GetOperation"
	MethodCancel Method = "CancelOperation"
	MethodDelete Method = "DeleteOperation"
	MethodList   Method = "ListOperations"
)

// The methods of Spanner's admin APIs that the [Server] speaks. Those that
// start an operation can be scripted with [Service.Plan].
const (
	MethodCreateInstance          Method = "CreateInstance"
	MethodUpdateInstance          Method = "UpdateInstance"
	MethodGetInstance             Method = "GetInstance"
	MethodListInstances           Method = "ListInstances"
	MethodDeleteInstance          Method = "DeleteInstance"
	MethodCreateDatabase          Method = "CreateDatabase"
	MethodUpdateDatabase          Method = "UpdateDatabase"
	MethodUpdateDatabaseDdl       Method = "UpdateDatabaseDdl"
	MethodRestoreDatabase         Method = "RestoreDatabase"
	MethodGetDatabase             Method = "GetDatabase"
	MethodGetDatabaseDdl          Method = "GetDatabaseDdl"
	MethodListDatabases           Method = "ListDatabases"
	MethodDropDatabase            Method = "DropDatabase"
	MethodCreateBackup            Method = "CreateBackup"
	MethodCopyBackup              Method = "CopyBackup"
	MethodUpdateBackup            Method = "UpdateBackup"
	MethodGetBackup               Method = "GetBackup"
	MethodListBackups             Method = "ListBackups"
	MethodDeleteBackup            Method = "DeleteBackup"
	MethodMoveInstance            Method = "MoveInstance"
	MethodChangeQuorum            Method = "ChangeQuorum"
	MethodCreateInstanceConfig    Method = "CreateInstanceConfig"
	MethodUpdateInstanceConfig    Method = "UpdateInstanceConfig"
	MethodGetInstanceConfig       Method = "GetInstanceConfig"
	MethodListInstanceConfigs     Method = "ListInstanceConfigs"
	MethodDeleteInstanceConfig    Method = "DeleteInstanceConfig"
	MethodCreateInstancePartition Method = "CreateInstancePartition"
	MethodUpdateInstancePartition Method = "UpdateInstancePartition"
	MethodGetInstancePartition    Method = "GetInstancePartition"
	MethodListInstancePartitions  Method = "ListInstancePartitions"
	MethodDeleteInstancePartition Method = "DeleteInstancePartition"
	// MethodOptimizeRestoredDatabase is called by nobody: it is the operation
	// that follows a RestoreDatabase by itself.
	MethodOptimizeRestoredDatabase Method = "OptimizeRestoredDatabase"
)

// MethodUnknown stands for HTTP requests that are none of the above.
const MethodUnknown Method = "Unknown"

// starts reports whether the method starts an operation.
func (m Method) starts() bool {
	switch m {
	case MethodCreateInstance, MethodUpdateInstance, MethodCreateDatabase, MethodUpdateDatabase, MethodUpdateDatabaseDdl,
		MethodRestoreDatabase, MethodCreateBackup, MethodCopyBackup, MethodOptimizeRestoredDatabase,
		MethodMoveInstance, MethodChangeQuorum, MethodCreateInstanceConfig, MethodUpdateInstanceConfig,
		MethodCreateInstancePartition, MethodUpdateInstancePartition:
		return true
	default:
		return false
	}
}

// Full names of Spanner's messages.
const (
	instancePackage       = "google.spanner.admin.instance.v1."
	databasePackage       = "google.spanner.admin.database.v1."
	typeInstance          = instancePackage + "Instance"
	typeDatabase          = databasePackage + "Database"
	typeBackup            = databasePackage + "Backup"
	typeCreateInstance    = instancePackage + "CreateInstanceMetadata"
	typeUpdateInstance    = instancePackage + "UpdateInstanceMetadata"
	typeCreateDatabase    = databasePackage + "CreateDatabaseMetadata"
	typeUpdateDatabase    = databasePackage + "UpdateDatabaseMetadata"
	typeUpdateDatabaseDdl = databasePackage + "UpdateDatabaseDdlMetadata"
	typeRestoreDatabase   = databasePackage + "RestoreDatabaseMetadata"
	typeOptimizeDatabase  = databasePackage + "OptimizeRestoredDatabaseMetadata"
	typeCreateBackup      = databasePackage + "CreateBackupMetadata"
	typeCopyBackup        = databasePackage + "CopyBackupMetadata"
	typeMoveInstance      = instancePackage + "MoveInstanceMetadata"
	typeChangeQuorum      = databasePackage + "ChangeQuorumMetadata"
	typeConfig            = instancePackage + "InstanceConfig"
	typeCreateConfig      = instancePackage + "CreateInstanceConfigMetadata"
	typeUpdateConfig      = instancePackage + "UpdateInstanceConfigMetadata"
	typePartition         = instancePackage + "InstancePartition"
	typeCreatePartition   = instancePackage + "CreateInstancePartitionMetadata"
	typeUpdatePartition   = instancePackage + "UpdateInstancePartitionMetadata"
)
