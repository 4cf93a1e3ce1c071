// Validate tells which Kubernetes objects an API server would refuse to create.
//
// It reads one object a line, as JSON, and answers each with one line of JSON, in the same order:
//
//	{"judged": true, "errors": ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"]}
//
// An object is decoded strictly (an unknown or a duplicate field is an error), completed with the defaults of its
// version, and given to the validation that the API server itself runs before it stores a new object. What needs
// a running cluster is left out: admission, and whether a name, an address or a port is taken. Objects of other
// kinds, such as custom resources, are not judged.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Verdict is the answer to one object.
type Verdict struct {
	Judged   bool     `json:"judged"`
	Errors   []string `json:"errors"`
	Warnings []string `json:"warnings"`
}

func main() {
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "validate:", err)
		os.Exit(1)
	}
}

// answer sends what is written whenever it would have to wait for the next object.
func answer(input io.Reader, output io.Writer) error {
	reader, writer := bufio.NewReader(input), bufio.NewWriter(output)
	encoder := json.NewEncoder(writer)
	for {
		line, err := reader.ReadBytes('\n')
		if len(line) > 0 {
			if err := encoder.Encode(judge(line)); err != nil {
				return err
			}
		}
		if reader.Buffered() == 0 || err != nil {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
