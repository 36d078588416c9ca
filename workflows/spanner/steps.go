package spanner

import (
	"regexp"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// CreateInstance makes an instance. Its undo deletes it, which fails as long as
// it holds backups. instance is an [Instance], or what encodes like one.
func CreateInstance(name string, instance any) workflows.Step {
	return workflows.Step{
		Activity: activities.SpannerCreateInstanceName, Undo: activities.SpannerDeleteInstanceName,
		Target: name, Request: instance,
	}
}

// UpdateInstance changes the fields of an instance that mask names, such as
// "nodeCount" or "displayName,labels". The label that marks the instance as the
// workflow's own stays. A second change of the same fields needs a Name of its
// own.
func UpdateInstance(name, mask string, instance any) workflows.Step {
	return workflows.Step{
		Name:     "UpdateInstance " + name + " " + mask,
		Activity: activities.SpannerUpdateInstanceName,
		Target:   name, Request: request{"instance": instance, "fieldMask": mask},
	}
}

// MoveInstance moves an instance to another config.
func MoveInstance(name, targetConfig string) workflows.Step {
	return workflows.Step{
		Activity: activities.SpannerMoveInstanceName,
		Target:   name, Request: request{"targetConfig": targetConfig},
	}
}

// CreateDatabase makes a database, whose id is the last segment of name. Its
// undo drops it. options are [DatabaseOptions], what encodes like them, or nil.
func CreateDatabase(name string, options any) workflows.Step {
	return workflows.Step{
		Activity: activities.SpannerCreateDatabaseName, Undo: activities.SpannerDropDatabaseName,
		Target: name, Request: options,
	}
}

// RestoreDatabase makes a database from a backup. Its undo drops it. Spanner
// goes on to optimize the database in a second operation, which the metadata of
// the first names and nobody needs to await.
func RestoreDatabase(name, backup string) workflows.Step {
	return workflows.Step{
		Activity: activities.SpannerRestoreDatabaseName, Undo: activities.SpannerDropDatabaseName,
		Target: name, Request: request{"backup": backup},
	}
}

// UpdateDatabase changes the fields of a database that mask names, such as
// "enableDropProtection".
func UpdateDatabase(name, mask string, database any) workflows.Step {
	return workflows.Step{
		Name:     "UpdateDatabase " + name + " " + mask,
		Activity: activities.SpannerUpdateDatabaseName,
		Target:   name, Request: request{"database": database, "updateMask": mask},
	}
}

// UpdateDatabaseDdl runs DDL statements, one after the other. What committed
// before a failure or a cancel stays, and is in the metadata; there is no undo
// but dropping the database. step names the change among those of the workflow,
// such as "index-by-name", and stays the same for good: it makes the
// operation's id. It is required: a letter or digit, then letters, digits, '.', '-' and
// '_'. So a statement is never taken for it. One statement is the least.
func UpdateDatabaseDdl(database, step string, statements ...string) workflows.Step {
	return workflows.Step{
		Invalid:  invalidDdl(step, statements),
		Name:     "UpdateDatabaseDdl " + database + " " + step,
		Activity: activities.SpannerUpdateDatabaseDdlName,
		Target:   database, Request: request{"statements": statements},
	}
}

var ddlStep = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// invalidDdl says why a schema change cannot be run, nil if it can.
func invalidDdl(step string, statements []string) error {
	switch {
	case !ddlStep.MatchString(step):
		return &lro.InvalidError{Field: "step.name", Value: step, Want: "a name for the change, such as index-by-name, before its statements"}
	case len(statements) == 0:
		return &lro.InvalidError{Field: "step.request.statements", Value: "none", Want: "a statement or more, after the change's name"}
	default:
		return nil
	}
}

// ChangeQuorum changes the quorum of a dual-region database. quorumType is the
// API's QuorumType, such as {"singleRegion": {"servingLocation": "us-east1"}}.
func ChangeQuorum(database string, quorumType any) workflows.Step {
	return workflows.Step{
		Activity: activities.SpannerChangeQuorumName,
		Target:   database, Request: request{"quorumType": quorumType},
	}
}

// CreateBackup makes a backup of backup's database. Its undo deletes it. backup
// is a [Backup], or what encodes like one, with a database and an expireTime.
func CreateBackup(name string, backup any) workflows.Step {
	return workflows.Step{
		Activity: activities.SpannerCreateBackupName, Undo: activities.SpannerDeleteBackupName,
		Target: name, Request: request{"backup": backup},
	}
}

// CopyBackup copies a backup. Its undo deletes the copy. backup's expireTime is
// the copy's.
func CopyBackup(name, source string, backup Backup) workflows.Step {
	return workflows.Step{
		Activity: activities.SpannerCopyBackupName, Undo: activities.SpannerDeleteBackupName,
		Target: name, Request: request{"sourceBackup": source, "expireTime": backup.ExpireTime},
	}
}

// CreateInstanceConfig makes an instance config. Its undo deletes it.
func CreateInstanceConfig(name string, config any) workflows.Step {
	return workflows.Step{
		Activity: activities.SpannerCreateInstanceConfigName, Undo: activities.SpannerDeleteInstanceConfigName,
		Target: name, Request: config,
	}
}

// UpdateInstanceConfig changes the fields of an instance config that mask names.
func UpdateInstanceConfig(name, mask string, config any) workflows.Step {
	return workflows.Step{
		Name:     "UpdateInstanceConfig " + name + " " + mask,
		Activity: activities.SpannerUpdateInstanceConfigName,
		Target:   name, Request: request{"instanceConfig": config, "updateMask": mask},
	}
}

// CreateInstancePartition makes an instance partition. Its undo deletes it.
func CreateInstancePartition(name string, partition any) workflows.Step {
	return workflows.Step{
		Activity: activities.SpannerCreateInstancePartitionName, Undo: activities.SpannerDeleteInstancePartitionName,
		Target: name, Request: partition,
	}
}

// UpdateInstancePartition changes the fields of an instance partition that mask
// names.
func UpdateInstancePartition(name, mask string, partition any) workflows.Step {
	return workflows.Step{
		Name:     "UpdateInstancePartition " + name + " " + mask,
		Activity: activities.SpannerUpdateInstancePartitionName,
		Target:   name, Request: request{"instancePartition": partition, "fieldMask": mask},
	}
}

// request is the body of a method that has no struct here.
type request map[string]any
