package sweep

import (
	"errors"
	"fmt"
	"strings"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
)

// refuse reports the first parent below which a sweep cannot look, as an [*lro.InvalidError] for "parents[i]". It sends
// nothing.
func refuse(client lro.Client, parents []orphans.Place) error {
	for i, parent := range parents {
		field := fmt.Sprintf("parents[%d]", i)
		if err := wrong(field, parent); err != nil {
			return err
		}
		if err := unreached(client, field, parent); err != nil {
			return err
		}
	}
	return nil
}

// wrong reports a parent that has nothing to look at.
func wrong(field string, parent orphans.Place) error {
	if err := lro.ValidateService(parent.Service); err != nil {
		return lro.InField(err, "ref.service", field)
	}
	if err := lro.ValidateParent(field, parent.Name); err != nil {
		return err
	}
	if len(below(parent)) == 0 {
		return &lro.InvalidError{
			Field: field, Value: parent.FullName(), Want: "a parent such as //spanner.googleapis.com/projects/p or //alloydb.googleapis.com/projects/p/locations/l",
			Problem: "has neither operations nor resources with labels directly below it",
		}
	}
	return nil
}

// unreached reports a parent of a service that the client does not serve, and one below which the client may read
// nothing. A client that does not tell is asked by the reads themselves.
func unreached(client lro.Client, field string, parent orphans.Place) error {
	if config, tells := lro.ClientAs[lro.ClientConfig](client); tells && !config.Serves(parent.Service) {
		return unserved(client, field, parent)
	}
	reader, tells := lro.ClientAs[lro.ResourceClient](client)
	if !tells {
		return nil
	}
	var err error
	for _, place := range below(parent) {
		var invalid *lro.InvalidError
		err = reader.Allow(field, place.Service, place.Name)
		if !errors.As(err, &invalid) || !strings.HasSuffix(invalid.Field, ".name") {
			return nil
		}
	}
	return lro.InField(err, field+".name", field)
}

// unserved names the services that the client has, if it tells.
func unserved(client lro.Client, field string, parent orphans.Place) error {
	if reader, tells := lro.ClientAs[lro.ResourceClient](client); tells {
		if err := reader.Allow(field, parent.Service, parent.Name); err != nil {
			return lro.InField(err, field+".service", field)
		}
	}
	return &lro.InvalidError{Field: field, Value: parent.Service, Want: "a service that the worker serves", Problem: "is not registered"}
}
