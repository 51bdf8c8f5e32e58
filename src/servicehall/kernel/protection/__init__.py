"""Protection of personal data: marked fields, encrypted under the key of the person that they are about.

A room marks a column with :class:`fields.ProtectedText` and, where it has to be found, adds a
:class:`blind_index.BlindIndex` beside it. Everything else (keys, suites, rotation, destruction) is here.
See docs/decisions/0010-protected-fields.md.

suites       the ciphers, and nothing else that encrypts
known_answers  what they must give before the program starts
root_keys    the keys outside of the database
keys         one data key a person, wrapped by a root key
fields       the marked column
blind_index  look-up of what is encrypted
normal_form  one spelling for each phone number, e-mail address and ID number
erased_list  who was erased, for restoring backups that do not know it
masking      what a screen shows of a value
rotation     new root keys, new data keys, while the hall works
"""
