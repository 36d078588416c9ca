package spanner

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// The full names of the messages that the steps of this file take.
const (
	instanceMessage  = "google.spanner.admin.instance.v1.Instance"
	databaseMessage  = "google.spanner.admin.database.v1.Database"
	backupMessage    = "google.spanner.admin.database.v1.Backup"
	configMessage    = "google.spanner.admin.instance.v1.InstanceConfig"
	partitionMessage = "google.spanner.admin.instance.v1.InstancePartition"
)

// CreateInstanceProto is [CreateInstance] for an *instancepb.Instance, which is the type
// of the result as well. Like the functions of this name's kind for other resources, it
// makes a step that is refused if the message is of another type.
func CreateInstanceProto[M proto.Message](name string, instance M) workflows.Step[M] {
	return checked(createInstance(name, instance), instance, instanceMessage)
}

// UpdateInstanceProto is [UpdateInstance] for an *instancepb.Instance.
func UpdateInstanceProto[M proto.Message](name string, mask []string, instance M) workflows.Step[M] {
	return checked(updateInstance(name, mask, instance), instance, instanceMessage)
}

// UpdateDatabaseProto is [UpdateDatabase] for a *databasepb.Database.
func UpdateDatabaseProto[M proto.Message](name string, mask []string, database M) workflows.Step[M] {
	return checked(updateDatabase(name, mask, database), database, databaseMessage)
}

// CreateBackupProto is [CreateBackup] for a *databasepb.Backup.
func CreateBackupProto[M proto.Message](name string, backup M) workflows.Step[M] {
	return checked(createBackup(name, backup), backup, backupMessage)
}

// CreateInstanceConfigProto is [CreateInstanceConfig] for an *instancepb.InstanceConfig.
func CreateInstanceConfigProto[M proto.Message](name string, config M) workflows.Step[M] {
	return checked(createConfig(name, config), config, configMessage)
}

// UpdateInstanceConfigProto is [UpdateInstanceConfig] for an *instancepb.InstanceConfig.
func UpdateInstanceConfigProto[M proto.Message](name string, mask []string, config M) workflows.Step[M] {
	return checked(updateConfig(name, mask, config), config, configMessage)
}

// CreateInstancePartitionProto is [CreateInstancePartition] for an
// *instancepb.InstancePartition.
func CreateInstancePartitionProto[M proto.Message](name string, partition M) workflows.Step[M] {
	return checked(createPartition(name, partition), partition, partitionMessage)
}

// UpdateInstancePartitionProto is [UpdateInstancePartition] for an
// *instancepb.InstancePartition.
func UpdateInstancePartitionProto[M proto.Message](name string, mask []string, partition M) workflows.Step[M] {
	return checked(updatePartition(name, mask, partition), partition, partitionMessage)
}

// checked is a step that is refused if its message is not the one that the method takes.
func checked[M proto.Message](step workflows.Step[M], message M, want protoreflect.FullName) workflows.Step[M] {
	if got := nameOf(message); got != want && step.Invalid == nil {
		step.Invalid = &lro.InvalidError{Field: "request", Value: string(got), Want: "a " + string(want) + " by its generated type"}
	}
	return step
}

// nameOf is a message's full name. It says "" if the static type is not the generated one:
// the result could not be decoded as an interface.
func nameOf[M proto.Message](message M) protoreflect.FullName {
	if any(*new(M)) == nil {
		return ""
	}
	return message.ProtoReflect().Descriptor().FullName()
}
