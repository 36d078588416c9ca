package names

// Starters.
const (
	CreateInstance          = "awaitop.spanner.CreateInstance"
	UpdateInstance          = "awaitop.spanner.UpdateInstance"
	MoveInstance            = "awaitop.spanner.MoveInstance"
	CreateDatabase          = "awaitop.spanner.CreateDatabase"
	RestoreDatabase         = "awaitop.spanner.RestoreDatabase"
	UpdateDatabase          = "awaitop.spanner.UpdateDatabase"
	UpdateDatabaseDdl       = "awaitop.spanner.UpdateDatabaseDdl"
	ChangeQuorum            = "awaitop.spanner.ChangeQuorum"
	CreateBackup            = "awaitop.spanner.CreateBackup"
	CopyBackup              = "awaitop.spanner.CopyBackup"
	CreateInstanceConfig    = "awaitop.spanner.CreateInstanceConfig"
	UpdateInstanceConfig    = "awaitop.spanner.UpdateInstanceConfig"
	CreateInstancePartition = "awaitop.spanner.CreateInstancePartition"
	UpdateInstancePartition = "awaitop.spanner.UpdateInstancePartition"
)

// Activities that delete a resource, as an undo does.
const (
	DeleteInstance          = "awaitop.spanner.DeleteInstance"
	DropDatabase            = "awaitop.spanner.DropDatabase"
	DeleteBackup            = "awaitop.spanner.DeleteBackup"
	DeleteInstanceConfig    = "awaitop.spanner.DeleteInstanceConfig"
	DeleteInstancePartition = "awaitop.spanner.DeleteInstancePartition"
)

// Activities that read a resource.
const (
	GetInstance          = "awaitop.spanner.GetInstance"
	GetDatabase          = "awaitop.spanner.GetDatabase"
	GetBackup            = "awaitop.spanner.GetBackup"
	GetInstanceConfig    = "awaitop.spanner.GetInstanceConfig"
	GetInstancePartition = "awaitop.spanner.GetInstancePartition"
)
