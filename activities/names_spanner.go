package activities

// The registered names of package activities/spanner's activities, here because
// workflow code starts them and cannot import that package. They are contracts,
// too.
const (
	SpannerCreateInstanceName          = "awaitop.spanner.CreateInstance"
	SpannerUpdateInstanceName          = "awaitop.spanner.UpdateInstance"
	SpannerMoveInstanceName            = "awaitop.spanner.MoveInstance"
	SpannerCreateDatabaseName          = "awaitop.spanner.CreateDatabase"
	SpannerRestoreDatabaseName         = "awaitop.spanner.RestoreDatabase"
	SpannerUpdateDatabaseName          = "awaitop.spanner.UpdateDatabase"
	SpannerUpdateDatabaseDdlName       = "awaitop.spanner.UpdateDatabaseDdl"
	SpannerChangeQuorumName            = "awaitop.spanner.ChangeQuorum"
	SpannerCreateBackupName            = "awaitop.spanner.CreateBackup"
	SpannerCopyBackupName              = "awaitop.spanner.CopyBackup"
	SpannerCreateInstanceConfigName    = "awaitop.spanner.CreateInstanceConfig"
	SpannerUpdateInstanceConfigName    = "awaitop.spanner.UpdateInstanceConfig"
	SpannerCreateInstancePartitionName = "awaitop.spanner.CreateInstancePartition"
	SpannerUpdateInstancePartitionName = "awaitop.spanner.UpdateInstancePartition"

	SpannerDeleteInstanceName          = "awaitop.spanner.DeleteInstance"
	SpannerDropDatabaseName            = "awaitop.spanner.DropDatabase"
	SpannerDeleteBackupName            = "awaitop.spanner.DeleteBackup"
	SpannerDeleteInstanceConfigName    = "awaitop.spanner.DeleteInstanceConfig"
	SpannerDeleteInstancePartitionName = "awaitop.spanner.DeleteInstancePartition"

	SpannerGetInstanceName          = "awaitop.spanner.GetInstance"
	SpannerGetDatabaseName          = "awaitop.spanner.GetDatabase"
	SpannerGetBackupName            = "awaitop.spanner.GetBackup"
	SpannerGetInstanceConfigName    = "awaitop.spanner.GetInstanceConfig"
	SpannerGetInstancePartitionName = "awaitop.spanner.GetInstancePartition"
)
