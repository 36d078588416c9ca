package spanner

import (
	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/workflows"
)

// CreateInstance makes an instance. Its undo deletes it, which fails as long as
// it holds backups.
func CreateInstance(name string, instance Instance) workflows.Step[Instance] {
	return createInstance(name, instance)
}

// UpdateInstance changes the fields of an instance that mask names, such as
// "nodeCount" and "displayName". The label that marks the instance as the
// workflow's own stays. A second change of the same fields needs a Name of its
// own.
func UpdateInstance(name string, mask []string, instance Instance) workflows.Step[Instance] {
	return updateInstance(name, mask, instance)
}

// MoveInstance moves an instance to another config.
func MoveInstance(name string, options MoveOptions) workflows.Step[struct{}] {
	return workflows.Step[struct{}]{Activity: activities.SpannerMoveInstanceName, Target: name, Request: options}
}

// CreateDatabase makes a database, whose id is the last segment of name. Its
// undo drops it.
func CreateDatabase(name string, options DatabaseOptions) workflows.Step[Database] {
	return workflows.Step[Database]{
		Activity: activities.SpannerCreateDatabaseName, Undo: activities.SpannerDropDatabaseName,
		Target: name, Request: options,
	}
}

// RestoreDatabase makes a database from a backup. Its undo drops it. Spanner
// goes on to optimize the database in a second operation, which the metadata of
// the first names. The database can be used meanwhile.
func RestoreDatabase(name string, options RestoreOptions) workflows.Step[Database] {
	return workflows.Step[Database]{
		Activity: activities.SpannerRestoreDatabaseName, Undo: activities.SpannerDropDatabaseName,
		Target: name, Request: options,
	}
}

// UpdateDatabase changes the fields of a database that mask names, such as
// "enableDropProtection".
func UpdateDatabase(name string, mask []string, database Database) workflows.Step[Database] {
	return updateDatabase(name, mask, database)
}

// UpdateDatabaseDdl changes a database's schema. The result says when the statements
// committed. Statements that committed before a failure or a cancel stay: [workflows.Run]
// returns their times with the error. No undo takes them back but dropping the database,
// or a Compensate. The step is refused if the change has no valid name or no statement.
func UpdateDatabaseDdl(database string, change SchemaChange) workflows.Step[SchemaCommits] {
	body := request{"statements": change.Statements}
	if len(change.ProtoDescriptors) > 0 {
		body["protoDescriptors"] = change.ProtoDescriptors
	}
	return workflows.Step[SchemaCommits]{
		Name:     "UpdateDatabaseDdl " + database + " " + change.Name,
		Activity: activities.SpannerUpdateDatabaseDdlName,
		Target:   database, Request: body, Invalid: change.validate(),
	}
}

// ChangeQuorum changes the quorum of a dual-region database.
func ChangeQuorum(database string, quorum QuorumType) workflows.Step[struct{}] {
	return workflows.Step[struct{}]{
		Activity: activities.SpannerChangeQuorumName,
		Target:   database, Request: request{"quorumType": quorum},
	}
}

// CreateBackup makes a backup of a database. Its undo deletes it. backup needs a Database
// and an ExpireTime.
func CreateBackup(name string, backup Backup) workflows.Step[Backup] {
	return createBackup(name, backup)
}

// CopyBackup copies a backup. Its undo deletes the copy.
func CopyBackup(name string, options CopyOptions) workflows.Step[Backup] {
	return workflows.Step[Backup]{
		Activity: activities.SpannerCopyBackupName, Undo: activities.SpannerDeleteBackupName,
		Target: name, Request: options,
	}
}

// CreateInstanceConfig makes an instance config. Its undo deletes it.
func CreateInstanceConfig(name string, config InstanceConfig) workflows.Step[InstanceConfig] {
	return createConfig(name, config)
}

// UpdateInstanceConfig changes the fields of an instance config that mask names.
func UpdateInstanceConfig(name string, mask []string, config InstanceConfig) workflows.Step[InstanceConfig] {
	return updateConfig(name, mask, config)
}

// CreateInstancePartition makes an instance partition. Its undo deletes it.
func CreateInstancePartition(name string, partition InstancePartition) workflows.Step[InstancePartition] {
	return createPartition(name, partition)
}

// UpdateInstancePartition changes the fields of an instance partition that mask
// names.
func UpdateInstancePartition(name string, mask []string, partition InstancePartition) workflows.Step[InstancePartition] {
	return updatePartition(name, mask, partition)
}

// The functions below make the steps whose request holds a resource, as a struct of this
// package or as a proto message. The result is of the same type.

func createInstance[T any](name string, instance T) workflows.Step[T] {
	return workflows.Step[T]{
		Activity: activities.SpannerCreateInstanceName, Undo: activities.SpannerDeleteInstanceName,
		Target: name, Request: instance,
	}
}

func updateInstance[T any](name string, mask []string, instance T) workflows.Step[T] {
	fields, err := updateMask(mask)
	return workflows.Step[T]{
		Name:     "UpdateInstance " + name + " " + fields,
		Activity: activities.SpannerUpdateInstanceName,
		Target:   name, Request: request{"instance": body{instance}, "fieldMask": fields}, Invalid: err,
	}
}

func updateDatabase[T any](name string, mask []string, database T) workflows.Step[T] {
	fields, err := updateMask(mask)
	return workflows.Step[T]{
		Name:     "UpdateDatabase " + name + " " + fields,
		Activity: activities.SpannerUpdateDatabaseName,
		Target:   name, Request: request{"database": body{database}, "updateMask": fields}, Invalid: err,
	}
}

func createBackup[T any](name string, backup T) workflows.Step[T] {
	return workflows.Step[T]{
		Activity: activities.SpannerCreateBackupName, Undo: activities.SpannerDeleteBackupName,
		Target: name, Request: request{"backup": body{backup}},
	}
}

func createConfig[T any](name string, config T) workflows.Step[T] {
	return workflows.Step[T]{
		Activity: activities.SpannerCreateInstanceConfigName, Undo: activities.SpannerDeleteInstanceConfigName,
		Target: name, Request: config,
	}
}

func updateConfig[T any](name string, mask []string, config T) workflows.Step[T] {
	fields, err := updateMask(mask)
	return workflows.Step[T]{
		Name:     "UpdateInstanceConfig " + name + " " + fields,
		Activity: activities.SpannerUpdateInstanceConfigName,
		Target:   name, Request: request{"instanceConfig": body{config}, "updateMask": fields}, Invalid: err,
	}
}

func createPartition[T any](name string, partition T) workflows.Step[T] {
	return workflows.Step[T]{
		Activity: activities.SpannerCreateInstancePartitionName, Undo: activities.SpannerDeleteInstancePartitionName,
		Target: name, Request: partition,
	}
}

func updatePartition[T any](name string, mask []string, partition T) workflows.Step[T] {
	fields, err := updateMask(mask)
	return workflows.Step[T]{
		Name:     "UpdateInstancePartition " + name + " " + fields,
		Activity: activities.SpannerUpdateInstancePartitionName,
		Target:   name, Request: request{"instancePartition": body{partition}, "fieldMask": fields}, Invalid: err,
	}
}
