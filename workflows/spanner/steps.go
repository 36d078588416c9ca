package spanner

import (
	"github.com/awaitop/awaitop/activities/spanner/names"
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
	return workflows.Step[struct{}]{Activity: names.MoveInstance, Target: name, Request: options}
}

// CreateDatabase makes a database, whose id is the last segment of name. Its
// undo drops it.
func CreateDatabase(name string, options DatabaseOptions) workflows.Step[Database] {
	return workflows.Step[Database]{
		Activity: names.CreateDatabase, Undo: names.DropDatabase,
		Target: name, Request: options,
	}
}

// RestoreDatabase makes a database from a backup. Its undo drops it. Spanner
// goes on to optimize the database in a second operation, which the metadata of
// the first names. The database can be used meanwhile.
func RestoreDatabase(name string, options RestoreOptions) workflows.Step[Database] {
	return workflows.Step[Database]{
		Activity: names.RestoreDatabase, Undo: names.DropDatabase,
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
		Activity: names.UpdateDatabaseDdl,
		Target:   database, Request: body, Invalid: change.validate(),
	}
}

// ChangeQuorum changes the quorum of a dual-region database.
func ChangeQuorum(database string, quorum QuorumType) workflows.Step[struct{}] {
	return workflows.Step[struct{}]{
		Activity: names.ChangeQuorum,
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
		Activity: names.CopyBackup, Undo: names.DeleteBackup,
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
		Activity: names.CreateInstance, Undo: names.DeleteInstance,
		Target: name, Request: instance,
	}
}

func updateInstance[T any](name string, mask []string, instance T) workflows.Step[T] {
	fields, err := updateMask(mask)
	return workflows.Step[T]{
		Name:     "UpdateInstance " + name + " " + fields,
		Activity: names.UpdateInstance,
		Target:   name, Request: request{"instance": body{instance}, "fieldMask": fields}, Invalid: err,
	}
}

func updateDatabase[T any](name string, mask []string, database T) workflows.Step[T] {
	fields, err := updateMask(mask)
	return workflows.Step[T]{
		Name:     "UpdateDatabase " + name + " " + fields,
		Activity: names.UpdateDatabase,
		Target:   name, Request: request{"database": body{database}, "updateMask": fields}, Invalid: err,
	}
}

func createBackup[T any](name string, backup T) workflows.Step[T] {
	return workflows.Step[T]{
		Activity: names.CreateBackup, Undo: names.DeleteBackup,
		Target: name, Request: request{"backup": body{backup}},
	}
}

func createConfig[T any](name string, config T) workflows.Step[T] {
	return workflows.Step[T]{
		Activity: names.CreateInstanceConfig, Undo: names.DeleteInstanceConfig,
		Target: name, Request: config,
	}
}

func updateConfig[T any](name string, mask []string, config T) workflows.Step[T] {
	fields, err := updateMask(mask)
	return workflows.Step[T]{
		Name:     "UpdateInstanceConfig " + name + " " + fields,
		Activity: names.UpdateInstanceConfig,
		Target:   name, Request: request{"instanceConfig": body{config}, "updateMask": fields}, Invalid: err,
	}
}

func createPartition[T any](name string, partition T) workflows.Step[T] {
	return workflows.Step[T]{
		Activity: names.CreateInstancePartition, Undo: names.DeleteInstancePartition,
		Target: name, Request: partition,
	}
}

func updatePartition[T any](name string, mask []string, partition T) workflows.Step[T] {
	fields, err := updateMask(mask)
	return workflows.Step[T]{
		Name:     "UpdateInstancePartition " + name + " " + fields,
		Activity: names.UpdateInstancePartition,
		Target:   name, Request: request{"instancePartition": body{partition}, "fieldMask": fields}, Invalid: err,
	}
}
