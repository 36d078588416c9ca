package lro

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// maxElements bounds how many fields of an object and elements of an array are read.
// A reply's size bounds its bytes, not what they cost: a field or an element of two
// bytes takes fifty in memory.
const maxElements = 10_000

// object reads the keys of a JSON object. Unlike a struct's fields they match
// by case: JSON's keys do, and {"Done": true} is no field of an operation.
// null gives no keys. An object of over maxElements keys is an error.
func object(raw []byte) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	opening, err := decoder.Token()
	if err != nil || opening == nil {
		return nil, err
	}
	if opening != json.Delim('{') {
		return nil, fmt.Errorf("no JSON object, but it begins with %.20q", fmt.Sprint(opening))
	}
	fields := map[string]json.RawMessage{}
	for read := 0; decoder.More(); read++ {
		if read == maxElements {
			return nil, fmt.Errorf("it has over %d fields", maxElements)
		}
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		name, _ := key.(string) // an object's keys are
		fields[name] = value
	}
	return fields, nil
}

// elements reads the elements of a JSON array; null has none. An array of over
// maxElements is an error.
func elements(raw []byte) ([]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	opening, err := decoder.Token()
	if err != nil || opening == nil {
		return nil, err
	}
	if opening != json.Delim('[') {
		return nil, fmt.Errorf("no JSON array, but it begins with %.20q", fmt.Sprint(opening))
	}
	var all []json.RawMessage
	for decoder.More() {
		var element json.RawMessage
		if err := decoder.Decode(&element); err != nil {
			return nil, err
		}
		if all = append(all, element); len(all) > maxElements {
			return nil, fmt.Errorf("it has over %d elements", maxElements)
		}
	}
	return all, nil
}
